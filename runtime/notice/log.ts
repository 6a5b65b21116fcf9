/** What the process writes events to, over the spool or Kafka: notices are waited for, bids are not. */
import type { EventLog } from '@flightplan/contract/events.ts'
import type { NodeMark } from '@flightplan/contract/marks.ts'
import type { Line } from './lines.ts'
import type { SpoolFigures } from './spool.ts'

export interface NodeLog extends EventLog {
  /** Events that nobody waits for; false: there is no room, they are gone. */
  offer(lines: readonly Line[]): boolean
  /** A promise about what was appended before (contract/marks.ts); resolves once it is written. */
  mark(mark: NodeMark): Promise<void>
  /** At_ms of the oldest event that its readers may not see yet; null: they see all. */
  held_ms(): number | null
  figures(): LogFigures
}

export interface LogFigures {
  spool: SpoolFigures
  /** 1: events go to Kafka; 0: to the spool, Kafka is away; null: there is no Kafka. */
  kafka_up: 0 | 1 | null
  /** Messages that Kafka acknowledged, and those that came back from the spool. */
  sent: number
  drained: number
}
