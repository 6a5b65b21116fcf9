/**
 * The highest record of a channel that this bidder has taken, kept beside the last good release: an older one, signed as
 * it is, is not taken again, also not after a restart.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ChannelRecord } from '@flightplan/contract/channel.ts'
import { writeDurably } from '../store/durable.ts'
import { sha256Of } from './record.ts'
import { Refused } from './refusal.ts'

export interface Seen {
  channel: string
  sequence: number
  /** Of the record's text. */
  sha256: string
}

const fileOf = (stateDir: string): string => join(stateDir, 'seen.json')

/** Null: nothing yet, or of another channel, whose numbers mean nothing here. */
export function readSeen(stateDir: string, channel: string): Seen | null {
  try {
    const seen = JSON.parse(readFileSync(fileOf(stateDir), 'utf8')) as Partial<Seen> | null // checked here
    const isSound = seen?.channel === channel && Number.isSafeInteger(seen.sequence) && typeof seen.sha256 === 'string'
    return isSound ? (seen as Seen) : null
  } catch {
    return null
  }
}

export const writeSeen = (stateDir: string, seen: Seen): Promise<void> =>
  writeDurably(fileOf(stateDir), `${JSON.stringify(seen)}\n`)

/** @throws Refused replayed, where this record does not follow the one seen */
export function follows(seen: Seen | null, { channel, sequence }: ChannelRecord, text: string): Seen {
  const next = { channel, sequence, sha256: sha256Of(text) }
  if (seen && sequence < seen.sequence)
    throw new Refused('replayed', `record ${sequence} of ${channel} is older than ${seen.sequence}, which was seen`)
  if (seen && sequence === seen.sequence && next.sha256 !== seen.sha256)
    throw new Refused('replayed', `there are two records ${sequence} of ${channel}, and the other one was seen first`)
  return next
}
