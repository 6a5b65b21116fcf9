/** IAB TCF v2 core string: who consented to what. https://github.com/InteractiveAdvertisingBureau/GDPR-Transparency-and-Consent-Framework */
import { Bits, Unreadable } from './bits.ts'

export interface Tcf {
  purposes: ReadonlySet<number>
  purposesLi: ReadonlySet<number>
  specialFeatures: ReadonlySet<number>
  vendors: ReadonlySet<number>
  vendorsLi: ReadonlySet<number>
  /** 0 not allowed, 1 needs consent, 2 needs legitimate interest. */
  restrictions: readonly { purpose: number; type: number; vendors: ReadonlySet<number> }[]
}

function ranges(bits: Bits): Set<number> {
  const vendors = new Set<number>()
  for (let entries = bits.take(12); entries > 0; entries--) {
    const isRange = bits.take(1) === 1
    const start = bits.take(16)
    const end = isRange ? bits.take(16) : start
    if (end < start) throw new Unreadable('a vendor range ends before it starts')
    for (let vendor = start; vendor <= end; vendor++) vendors.add(vendor)
  }
  return vendors
}

function vendorSection(bits: Bits): Set<number> {
  const max = bits.take(16)
  return bits.take(1) === 1 ? ranges(bits) : bits.set(max)
}

/** @returns null when the text is no complete version 2 string. */
export function readTcf(consent: string): Tcf | null {
  try {
    const bits = new Bits(consent.split('.')[0] ?? '')
    if (bits.take(6) !== 2) return null
    bits.take(36) // created
    bits.take(36) // updated
    bits.take(12 + 12 + 6) // CMP id, version, screen
    bits.take(12 + 12 + 6 + 1 + 1) // language, vendor list, policy, service specific, stacks
    const specialFeatures = bits.set(12)
    const purposes = bits.set(24)
    const purposesLi = bits.set(24)
    bits.take(1 + 12) // purpose one treatment, publisher country
    const vendors = vendorSection(bits)
    const vendorsLi = vendorSection(bits)
    const restrictions = Array.from({ length: bits.take(12) }, () => {
      const purpose = bits.take(6)
      const type = bits.take(2)
      return { purpose, type, vendors: ranges(bits) }
    })
    return { purposes, purposesLi, specialFeatures, vendors, vendorsLi, restrictions }
  } catch (fault) {
    if (fault instanceof Unreadable) return null
    throw fault
  }
}

/** Since TCF 2.2 these need consent: legitimate interest is no basis for them (1 never was). */
const CONSENT_ONLY = new Set([1, 3, 4, 5, 6])

/** Whether a vendor may act for a purpose, by consent or by legitimate interest, as the publisher restricts it. */
export function allows(tcf: Tcf, vendor: number, purpose: number): boolean {
  const types = tcf.restrictions
    .filter(({ purpose: on, vendors }) => on === purpose && vendors.has(vendor))
    .map(({ type }) => type)
  const consented = tcf.purposes.has(purpose) && tcf.vendors.has(vendor) && !types.includes(2)
  const interested =
    !CONSENT_ONLY.has(purpose) && tcf.purposesLi.has(purpose) && tcf.vendorsLi.has(vendor) && !types.includes(1)
  return !types.includes(0) && (consented || interested)
}
