import { decodeTcf, type TcfConsent } from '../privacy/tcf.ts'
import { type DeclaredBasis, purposeAllowed } from '../privacy/tcf-permission.ts'

/** What a readable TC string allows our vendor. */
export interface TcfJudgement {
  readonly vendor: boolean
  /** Bit n - 1: purpose n of 1–10, by consent or by legitimate interest. */
  readonly purposes: number
  readonly precise_geo: boolean
}

const PURPOSES = 10
const PRECISE_GEO_FEATURE = 0b1

// The vendor list, which says which basis our vendor declares, is no fact yet: either basis counts (PolicyInput).
// Flexible would let a publisher's "require consent" pass on a legitimate interest that we never declared; so it is off.
const BASES: readonly DeclaredBasis[] = [
  { basis: 'consent', flexible: false },
  { basis: 'legitimate_interest', flexible: false },
]

/** Null: no valid TCF v2 string. */
export function judgeTcf(text: string, vendorId: number): TcfJudgement | null {
  const consent = decodeTcf(text, vendorId)
  return consent === null ? null : judgeConsent(consent)
}

/**
 * Since TCF 2.3 a vendor that is not in the disclosed-vendors segment has no basis, whatever its vendor bits say;
 * {@link purposeAllowed} knows that, so the vendor is allowed where any purpose is.
 */
export function judgeConsent(consent: TcfConsent): TcfJudgement {
  let purposes = 0
  for (let purpose = 1; purpose <= PURPOSES; purpose++) {
    if (BASES.some(declared => purposeAllowed(consent, purpose, declared))) purposes |= 1 << (purpose - 1)
  }
  const vendor = purposes !== 0
  return { vendor, purposes, precise_geo: vendor && (consent.specialFeatureOptIns & PRECISE_GEO_FEATURE) !== 0 }
}

/** What both of two strings allow. */
export function both(one: TcfJudgement, other: TcfJudgement): TcfJudgement {
  const purposes = one.purposes & other.purposes
  const vendor = one.vendor && other.vendor
  return { vendor, purposes, precise_geo: one.precise_geo && other.precise_geo }
}
