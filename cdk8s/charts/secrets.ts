/** References into the secret store; no value is in Git. Price keys keep the paths that `secret://` names. */
import type { Chart } from 'cdk8s'
import { add } from '../object.ts'
import { keyName, keysOf } from '../price-keys.ts'
import type { World } from '../world.ts'
import { BIDDER, BIDDER_SECRETS } from './bidder.ts'

export function secrets(chart: Chart, { environment, exchanges }: World): void {
  const own = BIDDER_SECRETS.map(name => ({ secretKey: name, remoteRef: { key: 'flightplan/bidder', property: name } }))
  externalSecret(chart, BIDDER, environment.secret_store, own)
  const keys = exchanges.flatMap(keysOf).map(path => ({
    secretKey: keyName(path),
    remoteRef: { key: `flightplan/${path}` },
  }))
  if (keys.length > 0) externalSecret(chart, 'price-keys', environment.secret_store, keys)
}

function externalSecret(chart: Chart, name: string, store: string, data: object[]): void {
  add(chart, {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name },
    spec: {
      refreshInterval: '1h',
      secretStoreRef: { kind: 'ClusterSecretStore', name: store },
      target: { name, creationPolicy: 'Owner' },
      data,
    },
  })
}
