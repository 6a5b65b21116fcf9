/**
 * One request as different people would send it: everything personal in it, in its 2.6 and its 2.5 places, replaced. Where
 * none of that may be used, the answers to all of them must be the same bytes.
 */
import { type Tree, text, tree } from '../oracle/lenient.ts'
import { encodeTcf } from '../traffic/tcf-encode.ts'

export interface Persona {
  user: Tree
  device: Tree
  /** Latitude, longitude, postcode: what is precise of a place. */
  place: Tree
}

/** @param of one who differs from all others in every value; `segment` and `eid` are what audiences ask for */
function persona(of: {
  name: string
  segment: string
  eid: string
  yob: number
  gender: string
  place: Tree
}): Persona {
  const { name, segment, eid, yob, gender, place } = of
  const eids = [{ source: 'ids.example', uids: [{ id: eid, atype: 1 }] }]
  const data = [{ id: `${name}-provider`, segment: [{ id: segment, value: `${name}-value` }] }]
  const user = {
    ...{ id: `${name}-user-id`, buyeruid: `${name}-buyeruid`, yob, gender, eids, data },
    ...{ keywords: `${name}-keyword`, kwarray: [`${name}-kwarray`], customdata: `${name}-customdata` },
    ext: { eids: [{ source: 'ids.example', uids: [{ id: `${eid}-ext` }] }], data, sessionid: `${name}-session` },
  }
  const hashes = ['didsha1', 'didmd5', 'dpidsha1', 'dpidmd5', 'macsha1', 'macmd5'].map(key => [key, `${name}-${key}`])
  const device = { ifa: `${name}-ifa`, ...Object.fromEntries(hashes), ext: { idfv: `${name}-idfv` } }
  return { user, device, place }
}

/** Whom every line item of personal-campaigns asks for. */
const WANTED = persona({
  ...{ name: 'wanted-51af', segment: 'persona-segment-51', eid: 'persona-eid-62', yob: 1930, gender: 'O' },
  place: { lat: 51.234567, lon: 7.654321, accuracy: 13, zip: 'PZ7711', lastfix: 3 },
})
const OTHER = persona({
  ...{ name: 'other-90cd', segment: 'other-segment-84', eid: 'other-eid-73', yob: 1991, gender: 'F' },
  place: { lat: -33.918273, lon: 18.423645, accuracy: 4021, zip: 'QX8822', lastfix: 7 },
})
const NOBODY: Persona = { user: {}, device: {}, place: {} }
export const PERSONAS: readonly Persona[] = [WANTED, OTHER, NOBODY]

/** Values of a persona that can be told from everything else, as text. */
export const tracesOf = ({ user, device, place }: Persona): string[] =>
  [...leaves(user), ...leaves(device), ...leaves(place)].filter(value => value.length >= 6 && value !== 'ids.example')

const leaves = (value: unknown): string[] =>
  typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [text(value) ?? '']

/** Attributes of `user`, `device` and `geo` that are no person's. */
const IMPERSONAL = {
  user: ['consent'],
  geo: ['country', 'region', 'metro', 'city', 'utcoffset', 'type'],
} as const

const pick = (value: Tree, keys: readonly string[]): Tree =>
  Object.fromEntries(keys.filter(key => value[key] !== undefined).map(key => [key, value[key]]))

const PERSONAL_DEVICE = ['ifa', 'didsha1', 'didmd5', 'dpidsha1', 'dpidmd5', 'macsha1', 'macmd5', 'ext', 'geo']

/** The request as this persona sends it. Its own personal values are gone. */
export function asPersona(request: Tree, { user, device, place }: Persona): Tree {
  const [oldUser, oldDevice] = [tree(request['user']), tree(request['device'])]
  const geo = (old: unknown): Tree => ({ ...pick(tree(old), IMPERSONAL.geo), ...place })
  const kept = Object.entries(oldDevice).filter(([key]) => !PERSONAL_DEVICE.includes(key))
  const ext = { ...tree(user['ext']), ...pick(tree(oldUser['ext']), IMPERSONAL.user) }
  return {
    ...request,
    user: { ...user, ...pick(oldUser, IMPERSONAL.user), ext, geo: geo(oldUser['geo']) },
    device: { ...Object.fromEntries(kept), ...device, geo: geo(oldDevice['geo']) },
  }
}

/** The request with no word on privacy. */
function unsaid(request: Tree): Tree {
  const { regs: _regs, user, device, ...rest } = request
  const { consent: _consent, ext: _ext, ...ofUser } = tree(user)
  const { lmt: _lmt, dnt: _dnt, ...ofDevice } = tree(device)
  return { ...rest, user: ofUser, device: ofDevice }
}

/** Consent to basic ads and their measurement, and to nothing that needs an id, a profile or a place. */
function contextualConsent(at_ms: number, vendorId: number): string {
  const vendors = [[vendorId, vendorId]] as const
  return encodeTcf({
    ...{ created_ms: at_ms - 7 * 86_400_000, cmpId: 300, language: 'de', country: 'DE', vendorListVersion: 120 },
    ...{ purposes: [2, 7, 10], purposesLi: [], specialFeatures: [], vendors, vendorsLi: [], disclosed: vendors },
  })
}

type Signal = (request: Tree, at_ms: number, vendorId: number) => Tree
const regs =
  (said: Tree): Signal =>
  request => ({ ...unsaid(request), regs: said })
const device =
  (said: Tree): Signal =>
  request => {
    const plain = unsaid(request)
    return { ...plain, regs: { gdpr: 0 }, device: { ...tree(plain['device']), ...said } }
  }

/** What forbids the use of personal data, in the places of 2.6 and of 2.5. `bids`: a bid is still allowed. */
export const SIGNALS: Readonly<Record<string, { bids: boolean; apply: Signal }>> = {
  'gdpr without consent': { bids: false, apply: regs({ gdpr: 1 }) },
  'gdpr without consent (2.5)': { bids: false, apply: regs({ ext: { gdpr: 1 } }) },
  'gdpr with consent to contextual ads': {
    bids: true,
    apply: (request, at_ms, vendorId) => {
      const plain = unsaid(request)
      const user = { ...tree(plain['user']), consent: contextualConsent(at_ms, vendorId) }
      return { ...plain, user, regs: { gdpr: 1 } }
    },
  },
  'US opt-out': { bids: true, apply: regs({ gdpr: 0, us_privacy: '1YYN' }) },
  'US opt-out (2.5)': { bids: true, apply: regs({ gdpr: 0, ext: { us_privacy: '1YYN' } }) },
  'global privacy control': { bids: true, apply: regs({ gdpr: 0, ext: { gpc: '1' } }) },
  coppa: { bids: true, apply: regs({ gdpr: 0, coppa: 1 }) },
  lmt: { bids: true, apply: device({ lmt: 1 }) },
  dnt: { bids: true, apply: device({ dnt: 1 }) },
}
/** The opposite of them: every personal field may be used. */
export const ALLOWED: Signal = regs({ gdpr: 0 })
