/** Steps of a rollout through the stores: looks, keeps what follows, moves the channel. Any number may run at once. */
import type { ChannelRecord } from '@flightplan/contract/channel.ts'
import { MoveRefused, moveChannel, type Signing } from '../publish/channel.ts'
import { syncHot } from '../publish/sync.ts'
import type { Deed, HotCopy, ReleaseStore, RolloutEntry } from '../store/port.ts'
import { moveFrom, type Seen, type Step, step } from './control.ts'
import { type Begin, begin, isOver, type Phase, type Rollout } from './rollout.ts'

/** What it takes to look. */
export interface Eyes {
  store: ReleaseStore
  hot: HotCopy
  channel: string
  /** The channel's newest record. */
  head(): Promise<ChannelRecord | null>
  now_ms(): number
}
export interface Desk extends Eyes {
  signing: Signing
  /** Who does it, for the history. */
  who: string
}

export interface Look {
  entry: RolloutEntry
  seen: Seen
  step: Step
  /** Why bidders cannot be heard; ''. */
  deaf: string
}

/** What there is and what would follow; changes nothing. Null: there was never a rollout on the channel. */
export async function look({ store, hot, channel, head: headOf, now_ms }: Eyes): Promise<Look | null> {
  // The channel first: a state is kept before its record is made, so it is never older than the record read before it.
  const head = await headOf()
  const [entry] = await store.rollouts(channel, 1)
  if (!entry) return null
  const [heard, deaf] = await Promise.all([hot.canaryReports(channel), hot.acks(channel)]).then(
    both => [both, ''] as const,
    error => [null, error instanceof Error ? error.message || error.name : String(error)] as const,
  )
  const seen: Seen = { head, reports: heard?.[0] ?? [], acks: heard?.[1] ?? [], now_ms: now_ms() }
  return { entry, seen, step: step(entry.rollout, seen), deaf }
}

/**
 * One step. While bidders cannot be heard nothing is judged, and a canary ends at its time (bidders end it themselves).
 * Returns what was seen, and the state after the step.
 * @throws Refused where the channel's newest record is not ours; rejects while the record is away
 */
export async function drive(desk: Desk): Promise<Look | null> {
  const seen = await look(desk)
  if (!seen) return null
  const { entry, deaf } = seen
  const { rollout } = entry
  const mayJudge = deaf === '' || rollout.sequence === null || desk.now_ms() >= rollout.expires_at_ms
  if (!mayJudge) return { ...seen, step: { ...seen.step, rollout, move: null, waits: `the hot copy is away: ${deaf}` } }
  const next = seen.step.rollout
  if (next !== rollout && !(await desk.store.putRollout(next, entry.revision, deedOf(desk, next.why))))
    return { ...seen, step: { ...seen.step, rollout, move: null, waits: 'another controller was first' } }
  if (seen.step.move) await moveChannel(...moveArgs(desk, next))
  await catchUp(desk)
  return seen
}

const moveArgs = (desk: Desk, rollout: Rollout): Parameters<typeof moveChannel> => {
  const { store, channel, signing } = desk
  const verb = { running: 'rollout', paused: 'rollout', promoted: 'promote', aborted: 'abort' }[rollout.phase]
  return [store, channel, verb, deedOf(desk, `${rollout.id}: ${rollout.why}`), signing, moveFrom(rollout)]
}

const deedOf = ({ who, now_ms }: Desk, reason: string): Deed => ({ who, at_ms: now_ms(), reason })

/** The second half of a move, also of one that another controller began. Rejects of the hot copy are left to the next. */
async function catchUp({ store, hot, channel, signing }: Desk): Promise<void> {
  const said = await store.pointer(channel)
  const isThere = await hot.pointer(channel).then(
    text => text === said,
    () => false,
  )
  if (!isThere) await syncHot(store, hot, channel, signing.trusted).catch(() => null)
}

/**
 * Starts a rollout, or joins the one of the same release that is on.
 * @throws MoveRefused where the channel is pinned or empty, serves the release already, or has another rollout on
 */
export async function start(desk: Desk, how: Omit<Begin, 'live' | 'base_sequence' | 'channel'>): Promise<Rollout> {
  const { store, channel } = desk
  const head = await desk.head()
  const [entry] = await store.rollouts(channel, 1)
  if (entry && isOn(entry.rollout, head)) {
    if (entry.rollout.canary === how.canary) return entry.rollout
    throw new MoveRefused(`rollout ${entry.rollout.id} of ${short(entry.rollout.canary)} is on: abort it first`)
  }
  const refused = refusal(head, how.canary)
  if (!head || refused !== '') throw new MoveRefused(refused)
  const begun = begin({ ...how, channel, live: head.live, base_sequence: head.sequence }, desk.now_ms())
  if (await store.putRollout(begun, entry?.revision ?? 0, deedOf(desk, how.why))) return begun
  return start(desk, how) // somebody else was first: there is now one to join, or to be refused by
}

/** Steps until the channel says what is kept: the record of a wave, an end. Two are enough, unless others move too. */
export async function settle(desk: Desk): Promise<void> {
  for (let tries = 0; tries < 5; tries++) {
    const seen = await drive(desk)
    if (!seen || (seen.step.rollout.sequence !== null && !seen.step.move)) return
  }
}

/** A rollout that another move ended is over, although nobody has looked since. */
const isOn = (rollout: Rollout, head: ChannelRecord | null): boolean =>
  !isOver(rollout) &&
  (rollout.sequence !== null ? head?.sequence === rollout.sequence : moveFrom(rollout)(head) !== null)

function refusal(head: ChannelRecord | null, canary: string): string {
  if (!head) return 'nothing serves on the channel yet, so there is nothing to compare with: flight publish'
  if (head.pinned) return `the channel is pinned to ${short(head.live)}: ${head.reason || 'no reason given'}`
  return head.live === canary ? `the channel serves ${short(canary)} already` : ''
}

const short = (digest: string): string => digest.slice(0, 12)

/** Pauses, resumes or aborts the rollout that is on. @throws MoveRefused where there is none */
export async function change(
  desk: Desk,
  phase: Exclude<Phase, 'promoted'>,
  why: string,
  tries = 10,
): Promise<RolloutEntry> {
  const seen = await look(desk)
  if (!seen || isOver(seen.entry.rollout)) throw new MoveRefused('no rollout is on')
  const { entry } = seen
  const next = changed(entry.rollout, phase, why, desk.now_ms())
  if (next === entry.rollout) return entry
  const deed = deedOf(desk, why)
  if (await desk.store.putRollout(next, entry.revision, deed))
    return { revision: entry.revision + 1, rollout: next, ...deed }
  if (tries === 0) throw new MoveRefused('the rollout is being changed by others all the time')
  return change(desk, phase, why, tries - 1)
}

/** What a person makes of it; the same object where it is so already. */
export function changed(rollout: Rollout, phase: Exclude<Phase, 'promoted'>, why: string, now_ms: number): Rollout {
  if (rollout.phase === phase) return rollout
  if (phase !== 'aborted') return { ...rollout, phase, why }
  return { ...rollout, phase, why, sequence: null, ended_at_ms: now_ms }
}
