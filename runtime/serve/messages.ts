/** What the process and its serving threads tell each other. */
import type { KeyObject } from 'node:crypto'
import type { Pause } from '@flightplan/contract/channel.ts'
import type { Facts } from '@flightplan/contract/facts.ts'
import type { CounterMemory } from '../authority/counters.ts'
import type { BidBatch } from '../notice/bid-log.ts'
import type { ServedRelease } from './serving.ts'
import type { ShedMemory } from './shed.ts'
import type { FaultKind, Tally } from './tally.ts'
import type { TrialTally, TrialTerms } from './trial.ts'

export type ServerKind = 'strict' | 'node'

/** Handed to a thread when it starts. */
export interface ThreadSetup {
  host: string
  port: number
  server: ServerKind
  notice: { url: string; key: KeyObject }
  counters: CounterMemory
  shed: ShedMemory
  profiles: { file: string; poll_ms: number } | null
  /** Bids and sampled no-bids are told to the process; null: they are not. */
  events: { node: string; sample: number } | null
}

export interface TrialOrder {
  terms: TrialTerms
  release: ServedRelease | null
  facts: Facts
  /** It tries these facts: others that come meanwhile are for what serves beside it. */
  isOfFacts: boolean
}

export type ToThread =
  | { type: 'release'; release: ServedRelease; facts: Facts }
  | { type: 'facts'; facts: Facts }
  /** A canary beside what serves; `release` null: the one that is on, with other terms. Null: the canary is over. */
  | { type: 'trial'; trial: TrialOrder | null }
  /** Line items of the canary that may not bid any more. */
  | { type: 'trip'; canary: string; lineItems: readonly string[] }
  /** All that hold; they end by themselves. */
  | { type: 'pauses'; pauses: readonly Pause[] }
  | { type: 'tally' }
  | { type: 'drain'; deadline_ms: number }

export type FromThread =
  | { type: 'listening'; port: number }
  | { type: 'swapped'; error: string | null }
  | { type: 'tally'; tally: Tally; trial: TrialTally | null }
  | { type: 'fault'; kind: FaultKind | 'swap' | 'profiles'; where: string }
  | { type: 'events'; batch: BidBatch }
  | { type: 'drained' }
