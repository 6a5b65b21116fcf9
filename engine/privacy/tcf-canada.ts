import { BitReader } from './bits.ts'
import { intRangeHas, readFibonacciRange } from './ranges.ts'
import {
  MAX_CONSENT_CHARS,
  type PublisherRestrictions,
  readChoices,
  readDisclosedVendor,
  readHead,
  readRestrictions,
  segmentEnd,
  type TcfConsent,
} from './tcf.ts'

const TC_CANADA_VERSION = 1
const COUNT_BITS = 12

/**
 * Decodes the Canadian section of a GPP string (id 5, tcfcav1) for one vendor; null when it is not one.
 * Consent is express consent, legitimate interest is implied consent; purpose 1 is not used in Canada.
 * Source: GPP extension "IAB Canada TCF", section encoding.
 */
export function decodeTcfCanada(text: string, vendorId: number): TcfConsent | null {
  if (text.length > MAX_CONSENT_CHARS) return null
  const coreEnd = segmentEnd(text, 0)
  const bits = new BitReader(text, 0, coreEnd)
  if (bits.read(6) !== TC_CANADA_VERSION) return null
  const head = readHead(bits)
  bits.skip(1) // useNonStandardStacks
  const choices = readChoices(bits)
  const vendorConsent = canadianListHas(bits, vendorId)
  const vendorLegitimateInterest = canadianListHas(bits, vendorId)
  const restrictions = readOptionalRestrictions(bits, vendorId)
  const disclosedVendor = readDisclosedVendor(text, coreEnd, vendorId)
  if (bits.failed || disclosedVendor === undefined) return null
  const absent = { isServiceSpecific: false, purposeOneTreatment: false, publisherCountryCode: '' }
  return { ...head, ...choices, ...absent, vendorConsent, vendorLegitimateInterest, restrictions, disclosedVendor }
}

/** The field came with a later edition: older strings end before it. */
function readOptionalRestrictions(bits: BitReader, vendorId: number): PublisherRestrictions {
  if (bits.failed || bits.left >= COUNT_BITS) return readRestrictions(bits, vendorId)
  return { notAllowed: 0, requireConsent: 0, requireLegitimateInterest: 0 }
}

/**
 * The specification says Range(Fibonacci), strings from live CMPs carry Range(Int), and nothing in the section tells
 * which. A Fibonacci reading must end exactly on the declared highest id, which integers read as Fibonacci do not.
 */
function canadianListHas(bits: BitReader, id: number): boolean {
  const maxId = bits.read(16)
  if (!bits.flag()) return bits.bitfieldHas(id, maxId)
  if (bits.failed) return false
  const start = bits.position
  let found = false
  const last = readFibonacciRange(bits, maxId, (first, last) => {
    if (id >= first && id <= last) found = true
  })
  if (!bits.failed && last === maxId) return found
  bits.rewind(start)
  return intRangeHas(bits, id, maxId)
}
