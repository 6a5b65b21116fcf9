/** Personal attributes. They read the redacted auction: what the policy does not let us use is not there. */
import type { Snapshot } from '../snapshot.ts'
import { addPiece, addTerm, type Reader, type Terms } from './reader.ts'

const GENDER = { M: 'male', F: 'female', O: 'other', '': '' } as const

/**
 * Audiences by what the request says of the user: YAML lists a segment as `id` or `provider:id`, and an id of `eids` as
 * `source:id`.
 */
const segment: Reader = ({ snapshot, auction }, _attribute, _parameter, out) => {
  const { audiencesOfSegment } = snapshot
  if (audiencesOfSegment.size === 0) return
  const { segments, eids } = auction.user
  const ofAny = audiencesOfSegment.get('')
  for (const { provider, id } of segments) {
    addAll(ofAny?.get(id), out)
    if (provider !== '') addAll(audiencesOfSegment.get(provider)?.get(id), out)
  }
  for (const { source, ids } of eids) {
    const ofSource = audiencesOfSegment.get(source)
    if (ofSource !== undefined) for (const id of ids) addAll(ofSource.get(id), out)
  }
}

function addAll(terms: readonly number[] | undefined, out: Terms): void {
  if (terms !== undefined) for (const term of terms) if (!out.includes(term)) out.push(term)
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
