import { BitReader } from './bits.ts'
import { intRangeHas, MAX_ID, vendorListHas } from './ranges.ts'

/**
 * What a TC string says about one vendor. In every mask, id n is bit n - 1.
 * For the Canadian framework read "consent" as express and "legitimate interest" as implied consent.
 */
export interface TcfConsent {
  readonly created_ms: number
  readonly lastUpdated_ms: number
  readonly cmpId: number
  readonly policyVersion: number
  readonly isServiceSpecific: boolean
  /** 24 purposes; 12 special features. */
  readonly purposeConsents: number
  readonly purposeLegitimateInterests: number
  readonly specialFeatureOptIns: number
  readonly purposeOneTreatment: boolean
  /** ISO 3166-1 alpha-2, or '' where the framework has none. */
  readonly publisherCountryCode: string
  readonly vendorConsent: boolean
  readonly vendorLegitimateInterest: boolean
  readonly restrictions: PublisherRestrictions
  /** Null when the string has no disclosed-vendors segment. */
  readonly disclosedVendor: boolean | null
}

/** The purposes, as masks, on which the publisher restricts this vendor. */
export interface PublisherRestrictions {
  readonly notAllowed: number
  readonly requireConsent: number
  readonly requireLegitimateInterest: number
}

/** Real strings stay under 2 KB; the bound keeps the worst one (all range entries) under a millisecond. */
export const MAX_CONSENT_CHARS = 16_384
const TC_VERSION = 2
const DISCLOSED_VENDORS = 1
const NO_RESTRICTIONS: PublisherRestrictions = { notAllowed: 0, requireConsent: 0, requireLegitimateInterest: 0 }

/**
 * Decodes a TCF v2 string for one vendor. Null = not a valid v2 string: version 1, a character outside base64url
 * (surrounding white space too), an empty segment, bits missing, an impossible range, or more than 16 KB.
 * Source: TCF "Consent string and vendor list formats v2".
 */
export function decodeTcf(text: string, vendorId: number): TcfConsent | null {
  if (text.length > MAX_CONSENT_CHARS) return null
  const coreEnd = segmentEnd(text, 0)
  const core = readCore(new BitReader(text, 0, coreEnd), vendorId)
  if (core === null) return null
  const disclosedVendor = readDisclosedVendor(text, coreEnd, vendorId)
  return disclosedVendor === undefined ? null : { ...core, disclosedVendor }
}

/** Where the segment that starts at `from` ends: the next dot, or the end of the text. */
export function segmentEnd(text: string, from: number): number {
  const dot = text.indexOf('.', from)
  return dot === -1 ? text.length : dot
}

/** The literal repeats the wire order: its reads are the format. */
function readCore(bits: BitReader, vendorId: number): Omit<TcfConsent, 'disclosedVendor'> | null {
  if (bits.read(6) !== TC_VERSION) return null
  const head = readHead(bits)
  const isServiceSpecific = bits.flag()
  bits.skip(1) // useNonStandardTexts
  const choices = readChoices(bits)
  const purposeOneTreatment = bits.flag()
  const publisherCountryCode = readLetter(bits) + readLetter(bits)
  const vendorConsent = vendorListHas(bits, vendorId)
  const vendorLegitimateInterest = vendorListHas(bits, vendorId)
  const restrictions = readRestrictions(bits, vendorId)
  if (bits.failed) return null
  return {
    ...head,
    isServiceSpecific,
    ...choices,
    purposeOneTreatment,
    publisherCountryCode,
    vendorConsent,
    vendorLegitimateInterest,
    restrictions,
  }
}

/** Created to policy version: the same in Europe and Canada. Dates are tenths of a second. */
export function readHead(
  bits: BitReader,
): Pick<TcfConsent, 'created_ms' | 'lastUpdated_ms' | 'cmpId' | 'policyVersion'> {
  const created_ms = bits.read(36) * 100
  const lastUpdated_ms = bits.read(36) * 100
  const cmpId = bits.read(12)
  bits.skip(12 + 6 + 12 + 12) // cmpVersion, consentScreen, consentLanguage, vendorListVersion
  return { created_ms, lastUpdated_ms, cmpId, policyVersion: bits.read(6) }
}

/** Special features, then purposes by consent, then by legitimate interest. */
export function readChoices(
  bits: BitReader,
): Pick<TcfConsent, 'specialFeatureOptIns' | 'purposeConsents' | 'purposeLegitimateInterests'> {
  const specialFeatureOptIns = bits.mask(12)
  const purposeConsents = bits.mask(24)
  return { specialFeatureOptIns, purposeConsents, purposeLegitimateInterests: bits.mask(24) }
}

/** 0 is A. Some CMPs write lower case at the distance that ASCII has (32): the same letter. */
function readLetter(bits: BitReader): string {
  const letter = bits.read(6) % 32
  if (letter > 25) bits.fail()
  return String.fromCharCode(65 + letter)
}

/** Restrictions that name the vendor. Type 3 is undefined in the specification, so it forbids (fail closed). */
export function readRestrictions(bits: BitReader, vendorId: number): PublisherRestrictions {
  let entries = bits.read(12)
  if (entries === 0) return NO_RESTRICTIONS
  const masks: [number, number, number, number] = [0, 0, 0, 0]
  for (; entries > 0 && !bits.failed; entries--) {
    const purpose = bits.read(6)
    const type = bits.read(2) as 0 | 1 | 2 | 3 // two bits
    const concernsVendor = intRangeHas(bits, vendorId, MAX_ID)
    if (concernsVendor && purpose >= 1 && purpose <= 24) masks[type] |= 1 << (purpose - 1)
  }
  return { notAllowed: masks[0] | masks[3], requireConsent: masks[1], requireLegitimateInterest: masks[2] }
}

/**
 * Looks through the segments after the core, in any order. Null = no disclosed-vendors segment;
 * undefined = a segment that cannot be read, or a second list: the string is then not trusted at all.
 */
export function readDisclosedVendor(text: string, coreEnd: number, vendorId: number): boolean | null | undefined {
  let disclosed: boolean | null = null
  for (let from = coreEnd + 1; from <= text.length; ) {
    const to = segmentEnd(text, from)
    const bits = new BitReader(text, from, to)
    if (bits.read(3) === DISCLOSED_VENDORS) {
      if (disclosed !== null) return undefined
      disclosed = vendorListHas(bits, vendorId)
    }
    if (bits.failed) return undefined
    from = to + 1
  }
  return disclosed
}
