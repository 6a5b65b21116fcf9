/** The meaning of policies/request, said again in plain code: may we bid, what may be used, which rules are true. */
import type { Facts } from '@flightplan/contract/facts.ts'
import type { Ask, Use } from './ask.ts'
import { bundle, content_livestream, content_rating, domain, statedCategory } from './attributes/inventory.ts'
import { has, list, number, text, tree } from './lenient.ts'
import { type Privacy, privacyOf } from './privacy/privacy.ts'

/** Limits of policies/request/limits.rego. */
const MAX_HOPS = 5
const SENSITIVE = new Set([
  ...['IAB11', 'IAB11-4', 'IAB12', 'IAB12-1', 'IAB12-2', 'IAB12-3'].map(id => `1:${id}`),
  ...[379, 380, 381, 382, 384, 385, 386, 387, 388, 389].flatMap(id => [`6:${id}`, `9:${id}`]),
])

export interface Verdict {
  /** Every rule that says no; empty: we may bid. */
  denied: string[]
  use: ReadonlySet<Use>
  rules: ReadonlySet<string>
}

function usable(privacy: Privacy): Set<Use> {
  const use = new Set<Use>()
  if (privacy.coppa) return use
  use.add('ip')
  if (privacy.us_opt_out || privacy.gpc || privacy.lmt || privacy.dnt) return use
  const may = (purpose: number) => !privacy.gdpr_applies || privacy.purposes.has(purpose)
  if (may(1)) use.add('ids')
  if (may(3) && may(4)) {
    use.add('segments')
    use.add('demographics')
  }
  if (!privacy.gdpr_applies || privacy.precise_geo_opt_in) use.add('precise_geo')
  return use
}

const mayBid = ({ gdpr_applies, tcf_valid, vendor_allowed, purposes }: Privacy): boolean =>
  !gdpr_applies || (tcf_valid && vendor_allowed && purposes.has(2))

/** `source.schain` (2.6), `source.ext.schain` (2.5), `ext.schain` (2.4 and before). */
function chainOf({ request }: Ask) {
  const source = tree(request['source'])
  const places = [source['schain'], tree(source['ext'])['schain'], tree(request['ext'])['schain']]
  const chain = places.find(has)
  return chain === undefined ? null : tree(chain)
}

/** ads.txt: the account that the chain begins with must be listed where the facts know the list of this page or app. */
function unauthorized(ask: Ask, facts: Facts): boolean {
  const known = [...bundle(ask), ...domain(ask)].find(name => Object.hasOwn(facts.sellers, name))
  const seller = tree(list(chainOf(ask)?.['nodes'])[0])
  const account = `${text(seller['asi'])?.toLowerCase()}/${text(seller['sid'])}`
  return known !== undefined && text(seller['asi']) !== null && !facts.sellers[known]?.includes(account)
}

function supply(ask: Ask, facts: Facts): string[] {
  const chain = chainOf(ask)
  const nodes = list(chain?.['nodes']).map(tree)
  const whole = nodes.length > 0 && nodes.every(node => text(node['asi']) !== null && text(node['sid']) !== null)
  const broken = chain !== null && (number(chain['complete']) !== 1 || !whole || nodes.length > MAX_HOPS)
  return [...(broken ? ['supply_chain'] : []), ...(unauthorized(ask, facts) ? ['ads_txt'] : [])]
}

const ipv4 = (address: string): number | null => {
  const parts = address.split('.').map(Number)
  const valid = parts.length === 4 && parts.every(part => Number.isInteger(part) && part >= 0 && part <= 255)
  return valid ? parts.reduce((sum, part) => sum * 256 + part, 0) : null
}

/** Whether an IPv4 address lies in `203.0.113.0/24`. */
export function inNetwork(address: string, network: string): boolean {
  const [base = '', length = '32'] = network.split('/')
  const [a, b] = [ipv4(address), ipv4(base)]
  if (a === null || b === null) return false
  const size = 2 ** (32 - Number(length))
  return Math.floor(a / size) === Math.floor(b / size)
}

function invalidTraffic({ request }: Ask, { invalid_traffic: { networks, agents } }: Facts): boolean {
  const device = tree(request['device'])
  const agent = text(device['ua'])?.toLowerCase() ?? ''
  const ip = text(device['ip'])
  return (
    agents.some(part => agent.includes(part.toLowerCase())) || (ip !== null && networks.some(net => inNetwork(ip, net)))
  )
}

function rulesOf(ask: Ask): Set<string> {
  const hour = new Date(ask.now_ms).getUTCHours()
  const type = number(tree(ask.request['device'])['devicetype'])
  const sensitive = statedCategory(ask).some(id => SENSITIVE.has(id))
  const truths: Record<string, boolean> = {
    sensitive_content: sensitive,
    sensitive_event_live: sensitive && content_livestream(ask).includes('true'),
    family_content: content_rating(ask) === 1,
    mature_content: content_rating(ask) === 3,
    late_evening_utc: hour >= 21 || hour < 4,
    shared_screen: type === 3 || type === 7,
  }
  return new Set(Object.keys(truths).filter(name => truths[name]))
}

export function verdictOn(ask: Ask, facts: Facts): Verdict {
  const privacy = privacyOf(ask)
  const denied = [
    ...(mayBid(privacy) ? [] : ['privacy']),
    ...supply(ask, facts),
    ...(invalidTraffic(ask, facts) ? ['invalid_traffic'] : []),
  ]
  return { denied, use: usable(privacy), rules: rulesOf(ask) }
}
