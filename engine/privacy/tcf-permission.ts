import type { TcfConsent } from './tcf.ts'

/** What our entry in the Global Vendor List declares for one purpose. */
export interface DeclaredBasis {
  readonly basis: 'consent' | 'legitimate_interest'
  /** Listed in `flexiblePurposes`: a publisher restriction may switch the basis. */
  readonly flexible: boolean
}

/** Purpose 1 was always consent only; legitimate interest for 3 to 6 is prohibited since TCF 2.2. */
const CONSENT_ONLY = 0b111101
/** TCF 2.3 is policy version 5: from then on a vendor that is not in the disclosed-vendors segment has no basis. */
const DISCLOSURE_POLICY_VERSION = 5

/**
 * May our vendor process data for `purpose` (1 to 24)? True only when the basis that applies (the declared one, or the
 * one the publisher requires of a flexible vendor) is given for both the vendor and the purpose.
 * Source: TCF policies, appendix A; "Consent string and vendor list formats v2", publisher restrictions.
 */
export function purposeAllowed(consent: TcfConsent, purpose: number, declared: DeclaredBasis): boolean {
  if (!Number.isInteger(purpose) || purpose < 1 || purpose > 24) return false
  if (consent.policyVersion >= DISCLOSURE_POLICY_VERSION && consent.disclosedVendor !== true) return false
  const bit = 1 << (purpose - 1)
  const basis = applicableBasis(consent, bit, declared)
  if (basis === 'consent') return consent.vendorConsent && (consent.purposeConsents & bit) !== 0
  if (basis === null || (CONSENT_ONLY & bit) !== 0) return false
  return consent.vendorLegitimateInterest && (consent.purposeLegitimateInterests & bit) !== 0
}

/** Null: the publisher forbids the purpose, asks for both bases, or for one that we did not declare. */
function applicableBasis(consent: TcfConsent, bit: number, declared: DeclaredBasis): DeclaredBasis['basis'] | null {
  const { notAllowed, requireConsent, requireLegitimateInterest } = consent.restrictions
  if ((notAllowed & bit) !== 0) return null
  const mustConsent = (requireConsent & bit) !== 0
  const mustInterest = (requireLegitimateInterest & bit) !== 0
  if (mustConsent && mustInterest) return null
  const required = mustConsent ? 'consent' : mustInterest ? 'legitimate_interest' : declared.basis
  return required === declared.basis || declared.flexible ? required : null
}
