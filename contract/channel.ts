/**
 * A channel: which release the fleet serves, as one small signed record that is replaced as a whole.
 *
 * On the wire it is two lines: the record as JSON, then `<key id> <base64>`, the Ed25519 signature of
 * {@link RECORD_CONTEXT} and that JSON. Each record of a channel has a higher `sequence` than the one before; a bidder
 * that has seen a number takes no lower one, so that an old record cannot be played back to it.
 */
export const RECORD_FORMAT = 1
/** In front of what is signed: a signature of something else (a manifest) is no signature of a record. */
export const RECORD_CONTEXT = 'flightplan channel record\n'
/** A record is some 400 bytes; whatever is far longer is none. */
export const MAX_RECORD_BYTES = 16_384
/** Of channels: they become parts of keys and file names. */
export const CHANNEL_NAME = /^[a-z0-9][a-z0-9-]{0,62}$/
/** Of bidders, as they call themselves in reports. */
export const BIDDER_NAME = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/

export interface ChannelRecord {
  format: number
  channel: string
  /** From 1, higher with each record of the channel. */
  sequence: number
  /** Digest of the release that serves. */
  live: string
  /** Digest of a release that `share_ppm` millionths of the auctions are decided by, in every bidder. */
  canary: string | null
  share_ppm: number
  /** Of a canary: which rollout put it there. Once a bidder's clock is beyond the end, it serves `live` alone. */
  rollout?: { id: string; expires_at_ms: number }
  /** Of a channel of pauses ({@link pausesOf}): all that hold, whoever made them. */
  pauses?: Pause[]
  /** Nothing but a rollback, a pin or an unpin moves the channel. */
  pinned: boolean
  made_at_ms: number
  reason: string
}

/** What may not bid for a while, whatever the release says: it can only take bids away, and it ends by itself. */
export interface Pause {
  /** `campaign`, `campaign/line-item` or `exchange:name`. */
  what: string
  until_ms: number
  reason: string
}
/** A channel beside the one that releases go by: pausing must not wait for, or be undone by, what moves there. */
export const pausesOf = (channel: string): string => `${channel}-pauses`
/** The channel of facts: they change without a commit, and are taken back without a release. */
export const factsOf = (channel: string): string => `${channel}-facts`

/** ack: verified and in memory. live: every worker serves it. nack: refused, what served before still does. */
export type AckState = 'ack' | 'live' | 'nack'

/** What one bidder last said of a channel; said anew every few seconds, so that its age tells who is gone. */
export interface AckReport {
  bidder: string
  channel: string
  state: AckState
  /** Digest and sequence that the state is about. */
  digest: string
  sequence: number
  load_ms: number
  /** Of a nack: the refusal's code and one sentence; else ''. */
  code: string
  text: string
  /** Digest that serves now; '' while none does. */
  serving: string
  /** Where it came from. */
  from: 'redis' | 'postgres' | 'directory' | 'last_good'
  /** Bytes that were fetched for it: a delta is small, files that did not change cost none. */
  fetched_bytes: number
  /** The release that is kept on disk, and since when. */
  last_good: string
  last_good_at_ms: number
  at_ms: number
}
