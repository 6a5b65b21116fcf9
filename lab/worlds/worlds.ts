/**
 * Three markets whose truth is known, to judge the plan by. Each has a feature that no log has: what it hides is what a
 * plan must be robust against. Requests are small, as a world is run hundreds of times.
 */
import { Random } from '../traffic/random.ts'
import type { Tells } from './live.ts'

const DAY_MS = Date.UTC(2027, 2, 10)
const HOUR_MS = 3_600_000
const COUNTRIES = ['USA', 'USA', 'USA', 'CAN', 'CAN', 'AUS']
const SIZES = ['300x250', '300x250', '728x90'] as const

/** One auction of a world, and its hidden truth. */
export interface WorldAuction {
  at_ms: number
  exchange: 'alpha' | 'beta'
  country: string
  size: string
  floor: number
  user: string
  /** CPM from which a bid wins. */
  least: number
}

export const TELLS: Record<WorldAuction['exchange'], Tells> = { alpha: 'minimum', beta: 'result' }

/** The auction at a position of a day of `n`. Equal arguments give the same. */
export function auctionAt(seed: number, index: number, n: number, price: (share: number) => number): WorldAuction {
  const random = new Random(seed, index)
  const share = index / n
  const floor = random.chance(0.3) ? 0 : Math.round(random.lognormal(0.5, 0.4, 2) * 100) / 100
  const country = random.pick(COUNTRIES)
  const dear = country === 'USA' ? 1.5 : 1
  const user = random.int(1, 3000)
  const intent = 0.6 + ((user * 7919) % 1000) / 1000 // rivals know their customers, the log does not
  const least = Math.max(floor, price(share) * dear * intent * random.lognormal(1.1, 0.5, 3))
  const exchange = random.chance(0.6) ? 'alpha' : 'beta'
  const at_ms = DAY_MS + Math.floor(share * 24 * HOUR_MS)
  return { at_ms, exchange, country, size: random.pick(SIZES), floor, user: `u${user}`, least }
}

/** As the exchange would send it. */
export const requestOf = (
  { country, size, floor, user }: WorldAuction,
  index: number,
): { [field: string]: unknown } => ({
  id: `a-${index}`,
  at: 1,
  cur: ['USD'],
  imp: [{ id: '1', bidfloor: floor, secure: 1, banner: { format: [sizeOf(size)] } }],
  site: { id: 's', domain: 'news.example', publisher: { id: 'p' } },
  device: { ua: 'Mozilla/5.0 (X11; Linux x86_64)', geo: { country } },
  user: { id: user },
  regs: { gdpr: 0, coppa: 0 },
})

function sizeOf(size: string): { w: number; h: number } {
  const [w = 0, h = 0] = size.split('x').map(Number)
  return { w, h }
}

interface LineItem {
  cpm: number
  /** ISO-2; empty: any. */
  countries?: string[]
  size?: string
  exchange?: string
}
export type Plans = Record<string, { daily: number; items: Record<string, LineItem> }>

/** The same targeting as the YAML says, in plain code: what eligibility is compared with. */
export function isEligible({ countries, size, exchange }: LineItem, auction: WorldAuction): boolean {
  const iso2 = { USA: 'US', CAN: 'CA', AUS: 'AU' }[auction.country] ?? ''
  return (
    (!countries || countries.includes(iso2)) &&
    (!size || size === auction.size) &&
    (!exchange || exchange === auction.exchange)
  )
}

/** Campaigns of a world as files of a repository. */
export function filesOf(plans: Plans): Record<string, string> {
  return Object.fromEntries(
    Object.entries(plans).map(([id, plan]) => [`campaigns/acme/${id}.yaml`, campaignYaml(id, plan)]),
  )
}

function campaignYaml(id: string, { daily, items }: Plans[string]): string {
  const lines = Object.entries(items).map(([name, { cpm, countries, size, exchange }]) => {
    const where = [
      ...(countries ? [`geo: {country: [${countries.join(', ')}]}`] : []),
      ...(size ? [`slot: {size: [${size}]}`] : []),
      ...(exchange ? [`exchange: [${exchange}]`] : []),
    ]
    return `  ${name}:\n    bid: {cpm: ${cpm}}\n    creatives: {b-300x250: 1, b-728x90: 1}\n${where.length > 0 ? `    where: {${where.join(', ')}}\n` : ''}`
  })
  return `campaign: ${id}
order: io-1
flight: {start: "2020-01-01 00:00", end: "2099-12-31 23:59", timezone: UTC}
budget: {total: 90000, daily_max: ${daily}}
line_items:
${lines.join('')}`
}
