/** Moves of a channel: each adds one signed record to the history. The release itself and all spend stay as they are. */
import { type ChannelRecord, RECORD_FORMAT } from '@flightplan/contract/channel.ts'
import type { TrustedKeys } from '../release/keys.ts'
import { openRecord, signRecord } from '../release/record.ts'
import type { Deed, ReleaseStore } from '../store/port.ts'

export interface Signing {
  /** PEM of the Ed25519 key that signs records. */
  privateKey: string
  trusted: TrustedKeys
}

/** A move that the state of the channel does not allow. */
export class MoveRefused extends Error {}

export type Move = Pick<ChannelRecord, 'live' | 'canary' | 'share_ppm' | 'pinned' | 'rollout' | 'pauses'>

/** The channel's newest record, its signature checked; null: nothing was published. @throws Refused */
export async function headOf(
  store: ReleaseStore,
  channel: string,
  trusted: TrustedKeys,
): Promise<ChannelRecord | null> {
  const text = await store.pointer(channel)
  return text === null ? null : openRecord(text, channel, trusted)
}

/**
 * Appends what `move` makes of the newest record; null or the same again appends nothing, so that a verb which is run
 * twice does its work once.
 * @throws MoveRefused of `move`, Refused where the newest record is not ours
 */
export async function moveChannel(
  store: ReleaseStore,
  channel: string,
  verb: string,
  deed: Deed,
  { privateKey, trusted }: Signing,
  move: (head: ChannelRecord | null) => Move | null,
): Promise<ChannelRecord | null> {
  const text = await store.append(channel, verb, deed, headText => {
    const head = headText === null ? null : openRecord(headText, channel, trusted)
    const next = move(head)
    if (next === null || (head !== null && isSame(head, next))) return null
    const sequence = (head?.sequence ?? 0) + 1
    const { at_ms: made_at_ms, reason } = deed
    return signRecord({ format: RECORD_FORMAT, channel, sequence, ...next, made_at_ms, reason }, privateKey)
  })
  return text === null ? null : openRecord(text, channel, trusted)
}

const isSame = (head: ChannelRecord, next: Move): boolean =>
  (['live', 'canary', 'share_ppm', 'pinned'] as const).every(key => head[key] === next[key]) &&
  head.rollout?.id === next.rollout?.id &&
  JSON.stringify(head.pauses) === JSON.stringify(next.pauses)

const ALONE = { canary: null, share_ppm: 0 }

/** All auctions to a release. @throws MoveRefused while the channel is pinned */
export const publishMove =
  (live: string) =>
  (head: ChannelRecord | null): Move => {
    if (head?.pinned && head.live !== live)
      throw new MoveRefused(`the channel is pinned to ${head.live.slice(0, 12)}: ${head.reason || 'no reason given'}`)
    return { live, ...ALONE, pinned: head?.pinned ?? false }
  }

/** Back to a release, and pinned to it: the next merge must not undo it. */
export const rollbackMove = (live: string) => (): Move => ({ live, ...ALONE, pinned: true })

export const pinMove =
  (pinned: boolean) =>
  (head: ChannelRecord | null): Move => {
    if (!head) throw new MoveRefused('nothing was published to the channel')
    const { live, canary, share_ppm, rollout } = head
    return pinned ? { live, ...ALONE, pinned } : { live, canary, share_ppm, pinned, ...(rollout && { rollout }) }
  }

/** The release that served before the one that does: what a rollback without a digest means. Null: there is none. */
export async function previousLive(store: ReleaseStore, channel: string, trusted: TrustedKeys): Promise<string | null> {
  const entries = await store.history(channel, 1000)
  const lives = entries.map(({ text }) => openRecord(text, channel, trusted).live)
  return lives.find(live => live !== lives[0]) ?? null
}
