/** Values of an environment: `environments/<name>.yaml`, checked whole before anything is synthesised. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import Type, { type Static } from 'typebox'
import { parse } from 'yaml'

export const ENVIRONMENTS = ['dev', 'staging', 'prod'] as const
export type EnvironmentName = (typeof ENVIRONMENTS)[number]

const closed = { additionalProperties: false }
const Count = Type.Integer({ minimum: 1, maximum: 1000 })
const Size = Type.String({ pattern: '^[1-9][0-9]{0,4}(Mi|Gi|Ti)$' })
const Cpu = Type.Number({ minimum: 0.1, maximum: 64 })
const Scale = Type.Object({ min: Type.Integer({ minimum: 2, maximum: 1000 }), max: Count }, closed)
const Label = Type.String({ pattern: '^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$' })

const EnvironmentSchema = Type.Object(
  {
    environment: Type.Enum([...ENVIRONMENTS]),
    namespace: Label,
    domain: Type.String({ pattern: '^[a-z0-9.-]{4,200}$' }),
    registry: Type.String({ pattern: '^[a-z0-9./-]+$' }),
    version: Type.String({ pattern: '^\\d+\\.\\d+\\.\\d+$' }),
    secret_store: Label,
    bidder: Type.Object({ replicas: Scale, cpu: Cpu, memory: Size, workers: Count, in_flight: Count }, closed),
    notices: Type.Object({ replicas: Scale, cpu: Cpu, memory: Size }, closed),
    edge: Type.Object(
      {
        ...{ replicas: Scale, cpu: Cpu, memory: Size },
        max_connections: Type.Integer({ minimum: 1 }),
        max_pending: Type.Integer({ minimum: 1 }),
      },
      closed,
    ),
    kafka: Type.Object({ brokers: Count, disk: Size, retention_hours: Type.Integer({ minimum: 1 }) }, closed),
    redis: Type.Object({ masters: Count, replicas: Type.Integer({ minimum: 0, maximum: 3 }), memory: Size }, closed),
    postgres: Type.Object({ instances: Count, disk: Size }, closed),
    clickhouse: Type.Object({ shards: Count, replicas: Count, disk: Size }, closed),
    flink: Type.Object({ task_managers: Count, slots: Count }, closed),
    traces: Type.Object({ head_percent: Type.Number({ minimum: 0, maximum: 100 }), slow_ms: Count }, closed),
  },
  closed,
)
export type Environment = Static<typeof EnvironmentSchema>

const check = new Ajv2020({ allErrors: true }).compile<Environment>(EnvironmentSchema)

/** @throws RangeError naming the file and every fault in it, one a line */
export function readEnvironment(name: EnvironmentName, dir = join(import.meta.dirname, 'environments')): Environment {
  const file = join(dir, `${name}.yaml`)
  const value: unknown = parse(readFileSync(file, 'utf8'))
  if (check(value)) return value
  const faults = (check.errors ?? []).map(({ instancePath, message }) => `${file}: ${instancePath || '/'} ${message}`)
  throw new RangeError(faults.join('\n'))
}
