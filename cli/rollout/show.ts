/** A rollout, for people: its waves as a table, and each gate's verdict in a line. */

import type { Fleet } from '@flightplan/runtime/rollout/control.ts'
import type { Arms } from '@flightplan/runtime/rollout/counts.ts'
import type { Verdict } from '@flightplan/runtime/rollout/gates.ts'
import { isOver, type Rollout } from '@flightplan/runtime/rollout/rollout.ts'
import { table } from '../table.ts'

export interface Shown {
  rollout: Rollout
  arms: Arms
  verdicts: readonly Verdict[]
  fleet: Fleet
  waits: string
}

export function showRollout(shown: Shown): string {
  const { rollout, verdicts, fleet, waits } = shown
  const { id, channel, phase, live, canary, why } = rollout
  const lines = [
    `rollout ${id} on ${channel}: ${live.slice(0, 12)} → ${canary.slice(0, 12)}, ${phase}${why ? `: ${why}` : ''}`,
    ...(waits && !isOver(rollout) ? [`waits    ${waits}`] : []),
    ...(rollout.served_at_ms === null ? [] : [liveTimeOf(rollout)]),
    ...fleet.refused.map(({ bidder, text }) => `refused  ${bidder}: ${text}`),
    ...(rollout.settings.waves.length > 0 ? ['', ...table(waveRows(shown))] : []),
    ...(verdicts.length > 0 ? ['', ...table(verdicts.map(({ gate, state, text }) => [gate, state, text]))] : []),
  ]
  return `${lines.join('\n')}\n`
}

/** What a merge takes: from its commit, and from the start of the rollout, to the last bidder. */
export function liveTimeOf({ built_at_ms, started_at_ms, ended_at_ms, served_at_ms }: Rollout): string {
  const end_ms = served_at_ms ?? ended_at_ms ?? started_at_ms
  const commit = end_ms < built_at_ms ? '' : `${span(end_ms - built_at_ms)} after the commit, ` // a build dated ahead
  return `100% live ${commit}${span(end_ms - started_at_ms)} after the rollout began`
}

function waveRows({ rollout, arms, fleet }: Shown): string[][] {
  const rows = rollout.settings.waves.map(({ share_ppm, min_ms, min_auctions }, i) => {
    const isNow = i === rollout.wave && !isOver(rollout)
    const state = isNow ? rollout.phase : i < rollout.wave || rollout.phase === 'promoted' ? 'passed' : ''
    const last = i === rollout.wave && rollout.phase === 'aborted' ? 'aborted' : state
    return [
      ...[String(i + 1), `${share_ppm / 10_000}%`, last, `${span(min_ms)}, ${min_auctions} auctions`],
      isNow ? `${arms.canary.auctions} / ${arms.control.auctions}` : '',
      isNow ? `${fleet.taken} of ${fleet.bidders}` : '',
    ]
  })
  return [
    ['wave', 'share', 'state', 'at least', 'canary / control', 'bidders'],
    ...rows,
    [String(rows.length + 1), '100%', rollout.phase === 'promoted' ? 'live' : '', '', '', ''],
  ]
}

/** `42 s`, `12 min`, `3.5 h`. */
export function span(ms: number): string {
  if (ms < 120_000) return `${Math.round(ms / 100) / 10} s`
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${(ms / 3_600_000).toFixed(1)} h`
}
