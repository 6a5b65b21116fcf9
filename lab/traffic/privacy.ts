import { encodeUsNat, USNAT_SECTION } from './gpp-encode.ts'
import { isObject, type JsonObject } from './json.ts'
import { Random } from './random.ts'
import type { Scene } from './scene.ts'
import { encodeTcf, type TcfChoice, type VendorRange } from './tcf-encode.ts'
import type { User } from './users.ts'

const DAY_MS = 86_400_000
const ASK_AGAIN_DAYS = 180
const NO_IFA = '00000000-0000-0000-0000-000000000000'
const ALL_PURPOSES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
const BY_LI = [2, 7, 8, 9, 10, 11] // interest is prohibited for 1 and 3–6 since TCF 2.2
const WITHOUT_PROFILES = [1, 2, 7, 10]

/** The vendors that a consent platform's dialogue lists, below any id of ours. */
function vendorsOfCmp(cmp: number): VendorRange[] {
  const random = new Random(0x7cf, cmp)
  const ranges: VendorRange[] = []
  for (let id = random.int(1, 4); id < 1300 && ranges.length < 4 + cmp * 2; id += random.int(20, 120)) {
    const last = id + random.int(0, 40)
    ranges.push([id, last])
    id = last
  }
  return ranges
}
const CMP_VENDORS = Array.from({ length: 6 }, (_, cmp) => vendorsOfCmp(cmp))

/** The part of a user's answer that depends on who asks: what is granted, and whether to our vendor. */
function choiceOf(
  user: User,
  vendorId: number,
): Pick<TcfChoice, 'purposes' | 'purposesLi' | 'vendors' | 'specialFeatures'> {
  const listed = CMP_VENDORS[user.cmp] ?? []
  const withUs: VendorRange[] = [...listed, [vendorId, vendorId]]
  if (user.answer === 'granted')
    return {
      purposes: ALL_PURPOSES,
      purposesLi: BY_LI,
      vendors: withUs,
      specialFeatures: user.phase % 2 === 0 ? [1] : [],
    }
  if (user.answer === 'refused') return { purposes: [], purposesLi: [], vendors: [], specialFeatures: [] }
  // Partial answers: everything but our vendor, or our vendor but no profiles.
  return user.phase % 2 === 0
    ? { purposes: ALL_PURPOSES, purposesLi: BY_LI, vendors: listed, specialFeatures: [] }
    : { purposes: WITHOUT_PROFILES, purposesLi: [], vendors: withUs, specialFeatures: [] }
}

/** The consent string that this user carries at a moment: asked again every half year, on a day of their own. */
export function consentString(user: User, at_ms: number, vendorId: number): string {
  const day = Math.floor(at_ms / DAY_MS)
  const listed = CMP_VENDORS[user.cmp] ?? []
  return encodeTcf({
    ...choiceOf(user, vendorId),
    created_ms: (day - ((day + user.phase) % ASK_AGAIN_DAYS)) * DAY_MS, // whole days, as TCF 2.2 asks
    cmpId: 300 + user.cmp,
    language: user.country.language,
    country: user.country.iso2,
    vendorListVersion: 120,
    vendorsLi: user.answer === 'refused' ? [] : listed.slice(0, 3),
    disclosed: [...listed, [vendorId, vendorId]],
  })
}

/** What an exchange may not pass on without consent: ids, segments, and the last octet of the address. */
function withholdIdentity(request: JsonObject): void {
  const { user, device } = request
  if (isObject(user)) for (const key of ['buyeruid', 'eids', 'data', 'yob', 'gender']) delete user[key]
  if (!isObject(device)) return
  if ('ifa' in device) device['ifa'] = NO_IFA
  if (typeof device['ip'] === 'string') device['ip'] = device['ip'].replace(/\.\d+$/, '.0')
}

function applyGdpr(request: JsonObject, regs: JsonObject, scene: Scene): void {
  const { user, random } = scene
  regs['gdpr'] = 1
  const holder = request['user']
  if (user.answer !== 'missing' && isObject(holder))
    holder['consent'] = consentString(user, scene.at_ms, scene.vendorId)
  // Most exchanges strip ids themselves; the rest leave it to the bidder.
  if ((user.answer === 'refused' || user.answer === 'missing') && random.chance(0.8)) withholdIdentity(request)
}

function applyUs(regs: JsonObject, { user, random }: Scene): void {
  const out = user.optedOut
  if (random.chance(0.7)) regs['us_privacy'] = `1Y${out ? 'Y' : 'N'}N`
  const gpc = out && random.chance(0.4)
  const choice = out ? 1 : 2
  if (random.chance(0.6)) {
    regs['gpp'] = encodeUsNat({ sale: choice, sharing: choice, targeted: choice, gpc })
    regs['gpp_sid'] = [USNAT_SECTION]
  }
  if (gpc) regs['ext'] = { gpc: '1' }
}

/** Adds `regs` and the consent string, and takes away what may not be sent. OpenRTB 2.6 places; see dialect.ts. */
export function applyPrivacy(request: JsonObject, scene: Scene): void {
  const { user, random, kind } = scene
  const regs: JsonObject = {}
  const childDirected = random.chance(0.01)
  if (childDirected || random.chance(0.5)) regs['coppa'] = childDirected ? 1 : 0
  if (user.country.privacy === 'gdpr' && kind !== 'dooh') applyGdpr(request, regs, scene)
  else if (user.country.privacy === 'us') applyUs(regs, scene)
  else if (random.chance(0.5)) regs['gdpr'] = 0
  if (childDirected || user.limited) withholdIdentity(request)
  if (user.country.privacy === 'gdpr' && random.chance(0.1))
    regs['ext'] = { dsa: { dsarequired: random.pick([0, 1, 2]), pubrender: 0, datatopub: 1 } }
  if (Object.keys(regs).length > 0) request['regs'] = regs
}
