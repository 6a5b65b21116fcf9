/** Signing and opening of channel records (contract/channel.ts). */
import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import {
  CHANNEL_NAME,
  type ChannelRecord,
  MAX_RECORD_BYTES,
  RECORD_CONTEXT,
  RECORD_FORMAT,
} from '@flightplan/contract/channel.ts'
import { keyIdOf, type TrustedKeys } from './keys.ts'
import { Refused } from './refusal.ts'

const DIGEST = /^[0-9a-f]{64}$/
const signedBytes = (json: string): Buffer => Buffer.from(RECORD_CONTEXT + json)

/** The text of a record, ready to be announced. @param privateKey PEM of an Ed25519 key @throws TypeError if it is none */
export function signRecord(record: ChannelRecord, privateKey: string): string {
  const key = createPrivateKey(privateKey)
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('the signing key is no Ed25519 key')
  const json = JSON.stringify(record)
  return `${json}\n${keyIdOf(createPublicKey(key))} ${sign(null, signedBytes(json), key).toString('base64')}\n`
}

/** Signature before content: nothing of a record that nobody signed is looked at. @throws Refused */
export function openRecord(text: string, channel: string, trusted: TrustedKeys): ChannelRecord {
  if (text.length > MAX_RECORD_BYTES)
    throw new Refused('malformed_record', `the record has more than ${MAX_RECORD_BYTES} characters`)
  const [, json = '', id = '', base64 = ''] = /^([^\n]+)\n(\S{1,128}) ([A-Za-z0-9+/=]{1,512})\n$/.exec(text) ?? []
  if (json === '') throw new Refused('malformed_record', 'the record is not one line of JSON and one of signature')
  const key = trusted.get(id)
  if (!key) throw new Refused('unknown_key', `the record is signed by key ${id}, which is not trusted here`)
  if (!verify(null, signedBytes(json), key, Buffer.from(base64, 'base64')))
    throw new Refused('wrong_signature', `the record does not have the signature of key ${id}`)
  return checkRecord(parseRecord(json), channel)
}

/** What a record says, for people: without a look at its signature. Null: it is none. */
export function peekRecord(text: string): ChannelRecord | null {
  try {
    return parseRecord(text.split('\n')[0] ?? '')
  } catch {
    return null
  }
}

/** Tells two records apart. */
export const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex')

function parseRecord(json: string): ChannelRecord {
  try {
    return JSON.parse(json) as ChannelRecord // signed by a key that we trust; checkRecord looks at what is used
  } catch {
    throw new Refused('malformed_record', 'the record is not JSON')
  }
}

function checkRecord(record: ChannelRecord, channel: string): ChannelRecord {
  const refuse = (text: string): never => {
    throw new Refused('malformed_record', text)
  }
  if (record.format !== RECORD_FORMAT) throw new Refused('future_format', `record format ${record.format}`)
  if (record.channel !== channel || !CHANNEL_NAME.test(channel))
    return refuse(`the record is of channel ${JSON.stringify(record.channel)}, not of ${channel}`)
  if (!Number.isSafeInteger(record.sequence) || record.sequence < 1) return refuse('the record has no sequence number')
  if (!DIGEST.test(record.live)) return refuse('the record names no live release')
  if (record.canary !== null && !DIGEST.test(record.canary)) return refuse('the canary of the record is no digest')
  const share = record.share_ppm
  if (!Number.isSafeInteger(share) || share < 0 || share > 1_000_000) return refuse('share_ppm is not 0 to 1,000,000')
  return record
}
