import type { Facts } from '@flightplan/contract/facts.ts'
import type { Auction } from '../auction.ts'
import { type Memo, remembered } from './memo.ts'
import { compileNetworks, inNetworks, type Networks } from './networks.ts'

/** The facts that are asked about each request, made ready once for each digest. */
export interface CompiledFacts {
  readonly digest: string
  /** Domain (lower case) or bundle → `asi/sid` with asi in lower case. */
  readonly sellers: ReadonlyMap<string, ReadonlySet<string>>
  readonly networks: Networks
  /** Lower case. */
  readonly agents: readonly string[]
  /** Networks that are no CIDR prefix, for whoever publishes the facts. */
  readonly unreadable: readonly string[]
}

export function compileFacts(facts: Pick<Facts, 'digest' | 'sellers' | 'invalid_traffic'>): CompiledFacts {
  const { networks, unreadable } = compileNetworks(facts.invalid_traffic.networks)
  const sellers = new Map<string, ReadonlySet<string>>()
  for (const [place, pairs] of Object.entries(facts.sellers))
    sellers.set(place.toLowerCase(), new Set(pairs.map(pairKey)))
  const agents = facts.invalid_traffic.agents.map(agent => agent.toLowerCase()).filter(agent => agent !== '')
  return { digest: facts.digest, sellers, networks, agents, unreadable }
}

/** Domains are compared without case, seller ids as written (ads.txt 1.1 §3.4.2). */
function pairKey(pair: string): string {
  const slash = pair.indexOf('/')
  return slash < 0 ? pair : pair.slice(0, slash).trim().toLowerCase() + pair.slice(slash)
}

/**
 * Does ads.txt or app-ads.txt let the first node of the supply chain sell this place? The first node is the one that
 * the publisher itself sells through (§ SupplyChain: from owner to sender), so it is the one that its file must list.
 * Unknown: no chain, or no file known for the bundle, the domain or a parent domain.
 */
export function adsTxt(auction: Auction, facts: CompiledFacts): 'authorized' | 'unauthorized' | 'unknown' {
  const first = auction.chain?.nodes[0]
  if (first === undefined || facts.sellers.size === 0) return 'unknown'
  const listed = sellersOf(auction, facts)
  if (listed === undefined) return 'unknown'
  return listed.has(`${first.asi}/${first.sid}`) ? 'authorized' : 'unauthorized'
}

function sellersOf(auction: Auction, facts: CompiledFacts): ReadonlySet<string> | undefined {
  const { bundle, domain } = auction.inventory
  const ofBundle = bundle === '' ? undefined : facts.sellers.get(bundle.toLowerCase())
  return ofBundle ?? sellersOfDomain(domain, facts)
}

/** The file of a subdomain counts before that of its parents, down to two labels. */
function sellersOfDomain(domain: string, facts: CompiledFacts): ReadonlySet<string> | undefined {
  for (let name = domain; name.includes('.'); name = name.slice(name.indexOf('.') + 1)) {
    const listed = facts.sellers.get(name)
    if (listed !== undefined) return listed
  }
  return undefined
}

/** Bots and data centres by address (in either field) and by parts of the user agent. */
export function isInvalidTraffic(auction: Auction, facts: CompiledFacts, memo: Memo | undefined): boolean {
  const { ip, ipv6, ua } = auction.device
  if (inNetworks(facts.networks, ip) || inNetworks(facts.networks, ipv6)) return true
  if (ua === '' || facts.agents.length === 0) return false
  return remembered(memo?.agents, ua, () => isInvalidAgent(ua.toLowerCase(), facts.agents))
}

function isInvalidAgent(ua: string, agents: readonly string[]): boolean {
  return agents.some(agent => ua.includes(agent))
}
