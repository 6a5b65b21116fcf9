/** What the seller refuses and asks for: seats, deals, advertisers, categories, attributes, apps, languages, DSA. */
import { has, list, number, numbers, text, texts, tree } from '../oracle/lenient.ts'
import { taxonomyOf, withParents } from '../oracle/taxonomy.ts'
import { blockedAttributes, type Check, dealOf, dsaRequired, quirk, type Scene } from './scene.ts'

const named = (fault: string, isFaulty: boolean): string | null => (isFaulty ? fault : null)
const domainOf = ({ bid }: Scene): string => texts(bid['adomain'])[0] ?? ''

export const seat: Check = ({ request, seat }) => {
  const allowed = texts(request['wseat'])
  if (texts(request['bseat']).includes(seat)) return `seat ${seat} is in bseat`
  return named(`seat ${seat} is not in wseat`, allowed.length > 0 && !allowed.includes(seat))
}

export const deal: Check = scene => {
  const { bid, imp, seat } = scene
  const id = text(bid['dealid'])
  if (id === null) return named('an open bid in a private auction', number(tree(imp['pmp'])['private_auction']) === 1)
  const offered = dealOf(scene)
  if (!offered) return `deal ${id} is not offered`
  const [seats, domains] = [texts(offered['wseat']), texts(offered['wadomain'])]
  if (seats.length > 0 && !seats.includes(seat)) return `deal ${id} is not for seat ${seat}`
  return named(`deal ${id} is not for ${domainOf(scene)}`, domains.length > 0 && !domains.includes(domainOf(scene)))
}

export const advertiser: Check = ({ request, bid }) => {
  const blocked = texts(request['badv']).map(domain => domain.toLowerCase())
  const hit = texts(bid['adomain']).find(domain => blocked.some(b => domain === b || domain.endsWith(`.${b}`)))
  return hit === undefined ? null : `${hit} is blocked by badv`
}

/** In the request's taxonomy: what the bid says, and what the creative is known to be. */
export const categories: Check = scene => {
  const { asked, request, imp, bid } = scene
  const taxonomy = taxonomyOf(request['cattax'])
  const blocked = [...texts(request['bcat']), ...(quirk(asked, 'bcat_in_imp') ? texts(imp['bcat']) : [])]
  const allowed = texts(request['acat'])
  if (blocked.length + allowed.length === 0) return null
  const stated = taxonomyOf(bid['cattax']) === taxonomy ? texts(bid['cat']) : []
  const known = (asked.categories.get(text(bid['crid']) ?? '') ?? []).map(term => term.split(':'))
  const ofCreative = known.filter(([of]) => Number(of) === taxonomy).flatMap(([, id = '']) => id)
  const ours = [...stated, ...ofCreative].flatMap(id => withParents(taxonomy, id))
  if (ours.length === 0) return `bcat or acat, and no category in taxonomy ${taxonomy}`
  const hit = blocked.find(id => ours.includes(id))
  if (hit !== undefined) return `category ${hit} is blocked by bcat`
  return named('no category of acat', allowed.length > 0 && !allowed.some(id => ours.includes(id)))
}

export const attributes: Check = scene => {
  const blocked = blockedAttributes(scene)
  const hit = numbers(scene.bid['attr']).find(attribute => blocked.includes(attribute))
  return hit === undefined ? null : `attribute ${hit} is blocked by battr`
}

export const app: Check = ({ request, bid }) => {
  const bundle = text(bid['bundle'])
  return named(`bundle ${bundle} is blocked by bapp`, bundle !== null && texts(request['bapp']).includes(bundle))
}

/** `wlang` is ISO 639-1, `wlangb` BCP 47: compared by their first part. */
export const language: Check = ({ request, bid }) => {
  const wanted = [...texts(request['wlang']), ...texts(request['wlangb'])].map(tag => tag.slice(0, 2).toLowerCase())
  const own = text(bid['language'])
  return named(`language ${own} is not in wlang`, own !== null && wanted.length > 0 && !wanted.includes(own))
}

export const transparency: Check = ({ request, bid }) =>
  named('DSA is required and not stated', dsaRequired(request) >= 2 && !has(tree(bid['ext'])['dsa']))

/** API frameworks that are not listed are not supported (2.6 §3.2.6, §3.2.7). */
export const frameworks: Check = ({ media, bid }) => {
  const offered = numbers(media['api'])
  const missing = list(bid['apis'])
    .map(number)
    .find(api => api !== null && !offered.includes(api))
  return missing === undefined ? null : `API framework ${missing} is not offered`
}
