import type { Auction, Regs } from '../auction.ts'
import { decodeGpp, type GppConsent } from '../privacy/gpp.ts'
import { decodeUsp } from '../privacy/usp.ts'
import type { PolicyInput } from '../types.ts'
import { type Memo, remembered } from './memo.ts'
import { CONSENT_COUNTRIES } from './regions.ts'
import { both, judgeConsent, judgeTcf, type TcfJudgement } from './tcf.ts'

/** GPP section ids: 2 is TCF EU, 6 US Privacy, 7 and above the US national and state sections. */
const TCF_EU = 2
const FIRST_US_SECTION = 6
const OPTED_OUT = 1

/** The privacy part of the policy's input. Signals that cannot be read count against use (DESIGN 9: fail closed). */
export function judgePrivacy(auction: Auction, vendorId: number, memo: Memo | undefined): PolicyInput['privacy'] {
  const { regs, device } = auction
  const gpp = readGpp(regs, vendorId, memo)
  const tcf = readTcf(regs, gpp, vendorId, memo)
  const gpc = regs.gpc || (gpp?.us.some(section => section.gpc) ?? false)
  return {
    gdpr: regs.gdpr,
    gdpr_applies: gdprApplies(regs, auction.device.geo.country),
    tcf_valid: tcf !== null,
    vendor_allowed: tcf?.vendor ?? false,
    purposes: purposeNumbers(tcf?.purposes ?? 0),
    precise_geo_opt_in: tcf?.precise_geo ?? false,
    us_opt_out: gpc || saleIsRefused(regs.us_privacy) || sectionsRefuse(regs, gpp),
    coppa: regs.coppa,
    lmt: device.lmt,
    dnt: device.dnt,
    gpc,
    dsa: regs.dsa,
  }
}

function gdprApplies(regs: Regs, country: string): boolean {
  if (regs.gdpr === true || regs.gpp_sid.includes(TCF_EU)) return true
  return regs.gdpr === null && CONSENT_COUNTRIES.has(country)
}

function readGpp(regs: Regs, vendorId: number, memo: Memo | undefined): GppConsent | null {
  if (regs.gpp === '' || regs.gpp_sid.length === 0) return null
  return remembered(memo?.gpp, `${regs.gpp_sid.join()}:${regs.gpp}`, () => decodeGpp(regs.gpp, regs.gpp_sid, vendorId))
}

/**
 * The TC string may come by itself and as a section of GPP. Each that is sent must be valid, and both must allow what
 * is allowed: a broken or narrower one is never outvoted by the other. Null: none is sent, or one is not valid.
 */
function readTcf(regs: Regs, gpp: GppConsent | null, vendorId: number, memo: Memo | undefined): TcfJudgement | null {
  const own = regs.tcf === '' ? null : remembered(memo?.tcf, regs.tcf, () => judgeTcf(regs.tcf, vendorId))
  if (regs.gpp === '' || !regs.gpp_sid.includes(TCF_EU)) return own
  const consent = gpp?.tcfEu ?? null
  if (consent === null) return null
  const section = judgeConsent(consent)
  if (regs.tcf === '') return section
  return own === null ? null : both(own, section)
}

/** The third character; a string that is sent and cannot be read refuses too. */
function saleIsRefused(us_privacy: string): boolean {
  if (us_privacy === '') return false
  const read = decodeUsp(us_privacy)
  return read === null || read.optOutSale === 'Y'
}

/** Sale, sharing or targeted advertising is opted out of in a US section that applies, or such a section is unreadable. */
function sectionsRefuse(regs: Regs, gpp: GppConsent | null): boolean {
  if (gpp === null) return regs.gpp_sid.some(isUsSection)
  return (
    gpp.usp?.optOutSale === 'Y' ||
    gpp.unreadable.some(isUsSection) ||
    gpp.us.some(
      section =>
        section.saleOptOut === OPTED_OUT ||
        section.sharingOptOut === OPTED_OUT ||
        section.targetedAdvertisingOptOut === OPTED_OUT,
    )
  )
}

/** Ids that are not registered yet are taken for US states: all new ones have been. */
function isUsSection(id: number): boolean {
  return id >= FIRST_US_SECTION
}

// Few sets of purposes occur; each becomes one list, made when first asked for (2^10 at most).
const PURPOSE_LISTS: number[][] = []

function purposeNumbers(mask: number): number[] {
  const known = PURPOSE_LISTS[mask]
  if (known !== undefined) return known
  const purposes: number[] = []
  for (let purpose = 1; purpose <= 10; purpose++) if ((mask & (1 << (purpose - 1))) !== 0) purposes.push(purpose)
  PURPOSE_LISTS[mask] = Object.freeze(purposes) as number[] // shared between inputs
  return purposes
}
