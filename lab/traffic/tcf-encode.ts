import { BitWriter } from './bits.ts'

/** Inclusive range of vendor ids. */
export type VendorRange = readonly [first: number, last: number]

export type TcfChoice = {
  created_ms: number
  cmpId: number
  language: string
  country: string
  vendorListVersion: number
  purposes: readonly number[]
  purposesLi: readonly number[]
  specialFeatures: readonly number[]
  vendors: readonly VendorRange[]
  vendorsLi: readonly VendorRange[]
  disclosed: readonly VendorRange[]
}

const DECISECOND_MS = 100
const POLICY_VERSION = 5 // TCF 2.3, the policy that makes the Disclosed Vendors segment mandatory

function writeFlags(bits: BitWriter, ids: readonly number[], width: number) {
  for (let id = 1; id <= width; id++) bits.write(ids.includes(id) ? 1 : 0, 1)
}

/** "Vendor section" in range encoding; ranges must be ascending and apart (IAB TCF, "Range section"). */
function writeVendors(bits: BitWriter, ranges: readonly VendorRange[]) {
  bits.write(ranges.at(-1)?.[1] ?? 0, 16)
  if (ranges.length === 0) return bits.write(0, 1) // MaxVendorId 0: a bit field of no bits
  bits.write(1, 1)
  bits.write(ranges.length, 12)
  for (const [first, last] of ranges) {
    bits.write(first === last ? 0 : 1, 1)
    bits.write(first, 16)
    if (first !== last) bits.write(last, 16)
  }
}

function writeLetters(bits: BitWriter, letters: string) {
  for (let at = 0; at < 2; at++) bits.write(letters.charCodeAt(at) - 65, 6)
}

function coreSegment(choice: TcfChoice): string {
  const bits = new BitWriter()
  const created = Math.floor(choice.created_ms / DECISECOND_MS)
  bits.write(2, 6)
  bits.write(created, 36)
  bits.write(created, 36)
  bits.write(choice.cmpId, 12)
  bits.write(1, 12)
  bits.write(1, 6)
  writeLetters(bits, choice.language.toUpperCase())
  bits.write(choice.vendorListVersion, 12)
  bits.write(POLICY_VERSION, 6)
  bits.write(1, 1) // IsServiceSpecific: global consent is gone
  bits.write(0, 1)
  writeFlags(bits, choice.specialFeatures, 12)
  writeFlags(bits, choice.purposes, 24)
  writeFlags(bits, choice.purposesLi, 24)
  bits.write(0, 1)
  writeLetters(bits, choice.country.toUpperCase())
  writeVendors(bits, choice.vendors)
  writeVendors(bits, choice.vendorsLi)
  bits.write(0, 12) // no publisher restrictions
  return bits.base64url(6)
}

/** A TCF v2 consent string: core and Disclosed Vendors segment. Pure; ids are not checked against any vendor list. */
export function encodeTcf(choice: TcfChoice): string {
  const disclosed = new BitWriter()
  disclosed.write(1, 3)
  writeVendors(disclosed, choice.disclosed)
  return `${coreSegment(choice)}.${disclosed.base64url(6)}`
}
