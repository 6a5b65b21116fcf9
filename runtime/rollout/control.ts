/**
 * The controller of a rollout, pure: what is known → the next state, and whether the channel is to be moved. Every step
 * is one record of the channel. It is safe to run in two places: states follow each other by number (the store), and
 * a record is only made where the channel is as the state expects it.
 */
import type { AckReport, ChannelRecord } from '@flightplan/contract/channel.ts'
import type { CanaryReport } from '@flightplan/contract/rollout.ts'
import type { Move } from '../publish/channel.ts'
import { type Arms, addArms, priceSpread } from './counts.ts'
import { judge, type Verdict } from './gates.ts'
import { isOver, moveOf, type Rollout } from './rollout.ts'

export interface Seen {
  head: ChannelRecord | null
  /** What bidders said of the channel, of any record. */
  reports: readonly CanaryReport[]
  acks: readonly AckReport[]
  now_ms: number
}

export interface Step {
  /** The same object where nothing is to be kept. */
  rollout: Rollout
  /** To be made once the state is kept. */
  move: Move | null
  /** Both arms over all waves. */
  arms: Arms
  verdicts: Verdict[]
  fleet: Fleet
  /** What it waits for; '' after a step or an end. */
  waits: string
}

export interface Fleet {
  /** That were heard of lately. */
  bidders: number
  taken: number
  refused: { bidder: string; text: string }[]
}

/** A bidder reports every few seconds; one that was silent for so long is gone, and is not waited for. */
const GONE_MS = 20_000

export function step(rollout: Rollout, seen: Seen): Step {
  const { head } = seen
  const told = { arms: rollout.settled, verdicts: [], fleet: fleetOf(rollout, seen) }
  const stay = (state: Rollout, waits = ''): Step => ({ rollout: state, move: null, ...told, waits })
  if (rollout.sequence === null) {
    if (head && isSaid(rollout, head)) return stay(taken(rollout, head))
    if (isOurs(rollout, head)) return { ...stay(rollout), move: moveOf(rollout) }
    return stay(superseded(rollout, head))
  }
  if (isOver(rollout)) return stay(served(rollout, seen, told.fleet), '')
  if (head?.sequence !== rollout.sequence) return stay(superseded(rollout, head))
  return guard(rollout, seen, told.fleet)
}

/** A promotion is done when every bidder that is heard of serves it. */
function served(rollout: Rollout, { head, now_ms }: Seen, { bidders, taken }: Fleet): Rollout {
  if (rollout.phase !== 'promoted' || rollout.served_at_ms !== null || head?.sequence !== rollout.sequence)
    return rollout
  return bidders > 0 && taken === bidders ? { ...rollout, served_at_ms: now_ms } : rollout
}

/** A canary is on: look whether it may stay, and whether it may grow. */
function guard(rollout: Rollout, { reports, now_ms }: Seen, fleet: Fleet): Step {
  const wave = rollout.settings.waves[rollout.wave]! // of a rollout that is not over
  const own = reports.filter(({ sequence, canary }) => sequence === rollout.sequence && canary === rollout.canary)
  const arms = own.reduce((sum, report) => addArms(sum, report.arms), rollout.settled)
  const tripped = own.flatMap(({ bidder, tripped }) => tripped.map(one => ({ ...one, bidder })))
  const evidence = { arms, tripped, priceSpread: priceSpread(own.flatMap(({ line_items }) => line_items)) }
  const verdicts = judge(evidence, rollout.predicted, wave.tolerance)
  const told = { move: null, arms, verdicts, fleet }
  const next = (change: Partial<Rollout>): Step => {
    const changed: Rollout = { ...rollout, settled: arms, sequence: null, ...change }
    return { ...told, rollout: changed, move: moveOf(changed), waits: '' }
  }
  const abort = (why: string, unreached = false): Step =>
    next({ phase: 'aborted', why, unreached, ended_at_ms: now_ms })
  const failed = verdicts.filter(({ state }) => state === 'fail')
  if (failed.length > 0) return abort(failed.map(({ gate, text }) => `${gate}: ${text}`).join('; '))
  const refused = refusal(rollout, fleet)
  if (refused !== null) return abort(refused, true)
  const isTaken = fleet.bidders > 0 && fleet.taken >= rollout.settings.quorum * fleet.bidders
  const missing = `${fleet.taken} of ${fleet.bidders} bidders have taken it`
  const age_ms = now_ms - rollout.wave_at_ms
  if (!isTaken && age_ms > rollout.settings.ack_ms) return abort(`after ${seconds(age_ms)} ${missing}`, true)
  const waits = isTaken ? waitsFor(wave, arms, verdicts, age_ms) : missing
  if (now_ms >= rollout.expires_at_ms)
    return abort(`expired after ${seconds(now_ms - rollout.started_at_ms)}, waiting: ${waits || 'it was paused'}`)
  if (rollout.phase === 'paused') return { ...told, rollout, waits: 'paused' }
  if (waits !== '') return { ...told, rollout, waits }
  const wave_no = rollout.wave + 1
  const waves = rollout.settings.waves
  const after = waves[wave_no]
  if (after) return next({ wave: wave_no, why: `wave ${wave_no + 1} of ${waves.length}: ${after.share_ppm / 10_000}%` })
  return next({ phase: 'promoted', why: 'all gates passed', ended_at_ms: now_ms })
}

/** '' when the wave has shown what it was to show. */
function waitsFor(wave: { min_ms: number; min_auctions: number }, arms: Arms, verdicts: Verdict[], age_ms: number) {
  const auctions = Math.min(arms.canary.auctions, arms.control.auctions)
  const open = verdicts.filter(({ state, waits }) => state === 'hold' && waits)
  return [
    age_ms < wave.min_ms ? `${seconds(wave.min_ms - age_ms)} more` : '',
    auctions < wave.min_auctions ? `${auctions} of ${wave.min_auctions} auctions` : '',
    open.length > 0 ? `not clear yet: ${open.map(({ gate }) => gate).join(', ')}` : '',
  ]
    .filter(Boolean)
    .join('; ')
}

/** More bidders refuse the release than the quorum can do without. */
function refusal({ settings }: Rollout, { bidders, refused }: Fleet): string | null {
  if (refused.length === 0 || refused.length <= (1 - settings.quorum) * bidders) return null
  return `${refused.length} of ${bidders} bidders refuse it: ${refused[0]?.bidder}: ${refused[0]?.text}`
}

function fleetOf({ sequence, canary }: Rollout, { acks, now_ms }: Seen): Fleet {
  const heard = acks.filter(({ at_ms }) => now_ms - at_ms <= GONE_MS)
  const nacks = heard.filter(ack => ack.state === 'nack' && (ack.sequence === sequence || ack.digest === canary))
  return {
    bidders: heard.length,
    taken: heard.filter(ack => ack.state === 'live' && ack.sequence === sequence).length,
    refused: nacks.map(({ bidder, code, text }) => ({ bidder, text: code ? `${code}: ${text}` : text })),
  }
}

function isSaid(rollout: Rollout, head: ChannelRecord): boolean {
  const { live, canary, share_ppm, rollout: of } = moveOf(rollout)
  const isSame = head.live === live && head.canary === canary && head.share_ppm === share_ppm
  // One that ends before its first record leaves the channel as it was.
  const isNew = head.sequence > rollout.base_sequence || rollout.phase === 'aborted'
  return isSame && isNew && head.rollout?.id === of?.id
}

/** For moveChannel: what the state wants, where nobody else has moved the channel meanwhile; null otherwise. */
export const moveFrom =
  (rollout: Rollout) =>
  (head: ChannelRecord | null): Move | null =>
    isOurs(rollout, head) ? moveOf(rollout) : null

/** Nobody else has moved the channel since. */
const isOurs = ({ id, base_sequence }: Rollout, head: ChannelRecord | null): boolean =>
  head !== null && !head.pinned && (head.rollout?.id === id || head.sequence === base_sequence)

function taken(rollout: Rollout, head: ChannelRecord): Rollout {
  return { ...rollout, sequence: head.sequence, wave_at_ms: isOver(rollout) ? rollout.wave_at_ms : head.made_at_ms }
}

/** The channel is not ours any more, so it is left as it is. */
function superseded(rollout: Rollout, head: ChannelRecord | null): Rollout {
  const why = head
    ? `the channel was moved by another: record ${head.sequence}${head.pinned ? ', pinned' : ''}${head.reason ? `, ${head.reason}` : ''}`
    : 'the channel is gone'
  if (isOver(rollout)) return { ...rollout, sequence: head?.sequence ?? 0 }
  const at = { sequence: head?.sequence ?? 0, ended_at_ms: head?.made_at_ms ?? rollout.wave_at_ms }
  return { ...rollout, ...at, phase: 'aborted', why }
}

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`
