/** Nothing may talk to anything, but what is listed. */
import { PORTS } from '@flightplan/contract/infra.ts'
import type { Chart } from 'cdk8s'
import { add, selectorOf } from '../object.ts'

/** Who → to whom, on which ports. Pods of the operators bear the labels that their operators give them. */
const FLOWS: readonly [from: string, to: string, ports: readonly number[]][] = [
  ['edge', 'bidder', [PORTS.bidder, PORTS.bidderAdmin]],
  ['edge', 'otel-collector', [PORTS.otlp]],
  ['bidder', 'redis', [PORTS.redis]],
  ['prometheus', 'bidder', [PORTS.bidderAdmin]],
  ['prometheus', 'edge', [PORTS.edgeAdmin]],
  ['prometheus', 'otel-collector', [PORTS.otlpMetrics]],
  ['redis', 'redis', [PORTS.redis, PORTS.redis + 10_000]],
  ['redis-join', 'redis', [PORTS.redis]],
]
const POSTGRES = { matchLabels: { 'cnpg.io/cluster': 'record' } }

export function network(chart: Chart): void {
  policy(chart, 'default-deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] })
  const dns = [
    { protocol: 'UDP', port: 53 },
    { protocol: 'TCP', port: 53 },
  ]
  policy(chart, 'dns', { podSelector: {}, policyTypes: ['Egress'], egress: [{ ports: dns }] })
  policy(chart, 'from-outside', {
    podSelector: selectorOf('edge'),
    policyTypes: ['Ingress'],
    ingress: [{ ports: [{ protocol: 'TCP', port: PORTS.edge }] }],
  })
  for (const [from, to, ports] of FLOWS) flow(chart, from, to, selectorOf(from), selectorOf(to), ports)
  flow(chart, 'bidder', 'postgres', selectorOf('bidder'), POSTGRES, [PORTS.postgres])
}

/** Both ends are told, since both deny. */
function flow(
  chart: Chart,
  from: string,
  to: string,
  source: object,
  target: object,
  numbers: readonly number[],
): void {
  const ports = numbers.map(port => ({ protocol: 'TCP', port }))
  policy(chart, `${from}-to-${to}`, {
    ...{ podSelector: source, policyTypes: ['Egress'] },
    egress: [{ to: [{ podSelector: target }], ports }],
  })
  policy(chart, `${to}-from-${from}`, {
    ...{ podSelector: target, policyTypes: ['Ingress'] },
    ingress: [{ from: [{ podSelector: source }], ports }],
  })
}

function policy(chart: Chart, name: string, spec: object): void {
  add(chart, { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name }, spec })
}
