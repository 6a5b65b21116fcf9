/** Postgres by CloudNativePG: the record of releases and channels. */
import type { Chart } from 'cdk8s'
import { add, type CustomResource } from '../object.ts'
import type { World } from '../world.ts'

export const POSTGRES = 'record'

export function postgres(chart: Chart, { environment: { postgres: size } }: World): void {
  add<CustomResource>(chart, {
    apiVersion: 'postgresql.cnpg.io/v1',
    kind: 'Cluster',
    metadata: { name: POSTGRES },
    spec: {
      instances: size.instances,
      storage: { size: size.disk },
      // A channel's move that was acknowledged must outlive the machine that acknowledged it.
      ...(size.instances > 2 && { minSyncReplicas: 1, maxSyncReplicas: size.instances - 1 }),
      bootstrap: { initdb: { database: 'flightplan', owner: 'flightplan' } },
    },
  })
}
