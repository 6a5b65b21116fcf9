/** What law and consent say about a request: the inputs of the privacy policy, read from both places of each field. */

import type { Ask } from '../ask.ts'
import { country } from '../attributes/geo.ts'
import { first, number, numbers, type Tree, text, tree } from '../lenient.ts'
import { isUsSection, readGpp, readUsSection } from './gpp.ts'
import { allows, readTcf, type Tcf } from './tcf.ts'

export interface Privacy {
  gdpr_applies: boolean
  tcf_valid: boolean
  vendor_allowed: boolean
  /** Purposes that our vendor may act for. */
  purposes: ReadonlySet<number>
  precise_geo_opt_in: boolean
  us_opt_out: boolean
  gpc: boolean
  coppa: boolean
  lmt: boolean
  dnt: boolean
}

/** EEA, UK and Switzerland: where GDPR is taken to apply when the request does not say. */
const GDPR_COUNTRIES = new Set(
  'AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO GB CH'.split(' '),
)
const TCF_SECTION = 2
const USP_SECTION = 6

interface Regulations {
  regs: Tree
  ext: Tree
  /** Sections that apply. */
  sids: readonly number[]
  sections: ReadonlyMap<number, string> | null
}

function regulationsOf(request: Tree): Regulations {
  const regs = tree(request['regs'])
  const ext = tree(regs['ext'])
  const gpp = text(first(regs['gpp'], ext['gpp']))
  return {
    regs,
    ext,
    sids: numbers(first(regs['gpp_sid'], ext['gpp_sid'])),
    sections: gpp === null ? new Map() : readGpp(gpp),
  }
}

/** GPP's section 2 says that GDPR applies; else the flag; else the country. */
function gdprApplies({ regs, ext, sids }: Regulations, ask: Ask): boolean {
  const flag = number(first(regs['gdpr'], ext['gdpr']))
  if (flag === 1 || sids.includes(TCF_SECTION)) return true
  return flag !== 0 && country(ask).some(code => GDPR_COUNTRIES.has(code))
}

function tcfOf({ sids, sections }: Regulations, request: Tree): Tcf | null {
  const user = tree(request['user'])
  const consent = text(first(user['consent'], tree(user['ext'])['consent']))
  const inGpp = sids.includes(TCF_SECTION) ? (sections?.get(TCF_SECTION) ?? null) : null
  return (consent === null ? null : readTcf(consent)) ?? (inGpp === null ? null : readTcf(inGpp))
}

/** `1YYN`: the third letter is the opt-out of sale. What cannot be read is no permission. */
const uspOptOut = (usp: string | null) => usp !== null && !/^1[YN-][N-][YN-]$/i.test(usp)

/** An opt-out in any US section that applies. A string that cannot be read is no permission. */
function usChoices({ regs, ext, sids, sections }: Regulations): { us_opt_out: boolean; gpc: boolean } {
  const listed = sids.filter(isUsSection)
  const read = listed.map(id => (sections === null ? null : readUsSection(id, sections.get(id) ?? '')))
  const inGpp = sids.includes(USP_SECTION) ? (sections?.get(USP_SECTION) ?? null) : null
  const usp = text(first(regs['us_privacy'], ext['us_privacy']))
  return {
    us_opt_out: uspOptOut(usp) || uspOptOut(inGpp) || read.some(choice => choice === null || choice.optOut),
    gpc: number(first(ext['gpc'], regs['gpc'])) === 1 || read.some(choice => choice?.gpc === true),
  }
}

const ALL_PURPOSES = Array.from({ length: 24 }, (_, i) => i + 1)

export function privacyOf(ask: Ask): Privacy {
  const { request, world } = ask
  const regulations = regulationsOf(request)
  const tcf = tcfOf(regulations, request)
  const vendor = number(world.flightplan['vendor_id']) ?? 0
  const device = tree(request['device'])
  const purposes = tcf === null ? [] : ALL_PURPOSES.filter(purpose => allows(tcf, vendor, purpose))
  return {
    gdpr_applies: gdprApplies(regulations, ask),
    tcf_valid: tcf !== null,
    vendor_allowed: tcf !== null && (tcf.vendors.has(vendor) || tcf.vendorsLi.has(vendor)),
    purposes: new Set(purposes),
    precise_geo_opt_in: tcf?.specialFeatures.has(1) ?? false,
    ...usChoices(regulations),
    coppa: number(first(regulations.regs['coppa'], regulations.ext['coppa'])) === 1,
    lmt: number(device['lmt']) === 1,
    dnt: number(device['dnt']) === 1,
  }
}
