/** A rollout: what is kept of it between steps, so that any controller can go on where another one ended. */
import type { Move } from '../publish/channel.ts'
import { type Arms, noArms } from './counts.ts'
import type { Predicted } from './gates.ts'

export interface Wave {
  share_ppm: number
  min_ms: number
  /** Of each arm, over all waves so far. */
  min_auctions: number
  /** Margins may be so many times as wide for leaving the wave (gates.ts). */
  tolerance: number
}

export interface Settings {
  /** Shares of the canary, rising, up to a half: beyond it there is no control as large. What follows the last is 100%. */
  waves: Wave[]
  /** Share of the bidders that must have taken a wave's record, from 0 to 1. */
  quorum: number
  /** In so much time; else the rollout ends as not reached. */
  ack_ms: number
  /** After this it is aborted, whatever it waits for, and bidders serve `live` alone. */
  expires_ms: number
}

const MINUTE_MS = 60_000
/**
 * Ten minutes of evidence at least. Shares below a quarter wait for little: that only a disaster is ruled out there is
 * what keeps the way short, and 5% of ten minutes is 0.03% of a day. At the end half as much again as the margins: a
 * change of 5% in bid rate or price is then still never cleared, in less than half of the sample (lab/rollout/curves.ts).
 */
export const DEFAULTS: Settings = {
  waves: [
    { share_ppm: 10_000, min_ms: 2 * MINUTE_MS, min_auctions: 500, tolerance: 12 },
    { share_ppm: 50_000, min_ms: 2 * MINUTE_MS, min_auctions: 2_000, tolerance: 6 },
    { share_ppm: 250_000, min_ms: 3 * MINUTE_MS, min_auctions: 5_000, tolerance: 3 },
    { share_ppm: 500_000, min_ms: 3 * MINUTE_MS, min_auctions: 10_000, tolerance: 1.5 },
  ],
  quorum: 0.9,
  ack_ms: 2 * MINUTE_MS,
  expires_ms: 6 * 60 * MINUTE_MS,
}

/** `running` and `paused` guard the canary alike; a paused one only does not go on. */
export type Phase = 'running' | 'paused' | 'promoted' | 'aborted'

export interface Rollout {
  id: string
  channel: string
  /** Digests: what serves, and what is to. */
  live: string
  canary: string
  phase: Phase
  /** Index into the waves; of a rollout that has ended, the one that it was in. */
  wave: number
  /**
   * Of the channel record that says what this state says; null: it is still to be made. The state is kept first and the
   * record made after it, so a controller that dies in between is followed by one that makes the record.
   */
  sequence: number | null
  /** Of the newest record before the rollout: what is newer and not its own is somebody else's move. */
  base_sequence: number
  /** When the record of the wave was made. */
  wave_at_ms: number
  started_at_ms: number
  expires_at_ms: number
  /** Of the release, by its manifest: the time of its commit. */
  built_at_ms: number
  /** When the channel's record with the end was made, and when the last bidder said that it serves it. */
  ended_at_ms: number | null
  served_at_ms: number | null
  /** Counted in the waves before this one. */
  settled: Arms
  predicted: Predicted
  settings: Settings
  /** Why it is where it is. */
  why: string
  /** Of an aborted one: the fleet did not take it, which says nothing of what it does. */
  unreached: boolean
}

export type Begin = Pick<
  Rollout,
  'channel' | 'live' | 'canary' | 'base_sequence' | 'built_at_ms' | 'predicted' | 'settings' | 'why'
>

/** Without waves it is promoted at once: the fast lane. */
export function begin(how: Begin, now_ms: number): Rollout {
  const isFast = how.settings.waves.length === 0
  return {
    ...how,
    ...{ id: `r${now_ms}`, phase: isFast ? 'promoted' : 'running', wave: 0, sequence: null, wave_at_ms: now_ms },
    ...{ started_at_ms: now_ms, expires_at_ms: now_ms + how.settings.expires_ms },
    ...{ ended_at_ms: isFast ? now_ms : null, served_at_ms: null },
    ...{ settled: noArms(), unreached: false },
  }
}

export const isOver = ({ phase }: Rollout): boolean => phase === 'promoted' || phase === 'aborted'

/** The channel as the state of the rollout wants it. */
export function moveOf({ phase, wave, live, canary, settings, id, expires_at_ms }: Rollout): Move {
  if (phase === 'promoted') return { live: canary, canary: null, share_ppm: 0, pinned: false }
  if (phase === 'aborted') return { live, canary: null, share_ppm: 0, pinned: false }
  const { share_ppm } = settings.waves[wave]! // the index of one
  return { live, canary, share_ppm, pinned: false, rollout: { id, expires_at_ms } }
}
