/** Personal attributes. They read the redacted auction: what the policy does not let us use is not there. */
import type { Auction } from '../auction.ts'
import type { Snapshot } from '../snapshot.ts'
import { addPiece, addTerm, type Reader, type Terms } from './reader.ts'

const GENDER = { M: 'male', F: 'female', O: 'other', '': '' } as const

/** Every name under which YAML may list what the request says of the user: `id`, `provider:id`, `source:id` of eids. */
export function segmentKeys(auction: Auction): string[] {
  const keys: string[] = []
  for (const { provider, id } of auction.user.segments) keys.push(id, `${provider}:${id}`)
  for (const { source, ids } of auction.user.eids) for (const id of ids) keys.push(`${source}:${id}`)
  return keys
}

const segment: Reader = ({ snapshot, auction }, _attribute, _parameter, out) => {
  if (snapshot.audiencesOfSegment.size === 0) return
  for (const key of segmentKeys(auction))
    for (const term of snapshot.audiencesOfSegment.get(key) ?? []) if (!out.includes(term)) out.push(term)
}

/** Terms of the audiences that our own profile store puts the user in; known only after the look-up. */
export function profileTerms(snapshot: Snapshot, profile: readonly string[]): Terms {
  return snapshot.meta.audiences
    .filter(audience => audience.profile !== null && profile.includes(audience.profile))
    .map(audience => audience.term)
}

/** `age` counts from the year of birth in UTC: the request says no more. */
const age: Reader = (reading, attribute, _parameter, out) => {
  const { yob } = reading.auction.user
  const years = yob === null ? -1 : new Date(reading.now_ms).getUTCFullYear() - yob
  if (years >= 0) addPiece(reading, attribute, years, out)
}

export const PEOPLE_READERS = {
  segment,
  age,
  gender: (reading, attribute, _parameter, out) =>
    addTerm(reading, attribute, GENDER[reading.auction.user.gender], out),
} satisfies Record<string, Reader>
