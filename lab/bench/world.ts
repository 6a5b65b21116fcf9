/**
 * A repository of N line items with skewed targeting, for benchmarks: as an agency's book looks. 30% run of network (a
 * country or two at most), the rest with domain lists (some of 200 domains), devices, dayparts, categories, segments,
 * deals; each at a price of its own. Ten line items a campaign, ten campaigns an order, creatives shared per advertiser.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { COUNTRIES } from '../traffic/geography.ts'
import { Random, weights, zipf } from '../traffic/random.ts'
import { APPS, bundleOf, SITES } from '../traffic/supply.ts'

const LINE_ITEMS_PER_CAMPAIGN = 10
const CAMPAIGNS_PER_ORDER = 10
const SIZES = ['300x250', '728x90', '320x50', '160x600', '300x600', '970x250', '320x100', '336x280']
const EXCHANGES = ['alpha', 'boreal', 'cascade']
const SITE_RANKS = zipf(SITES.length, 10)
const SEGMENTS = [
  'auto-intenders',
  'sports-fans',
  'cart-14d',
  ...Array.from({ length: 30 }, (_, i) => `seg-${1001 + i}`),
]

/** Writes the repository; the same (n, seed) writes the same bytes. */
export function writeBenchWorld(root: string, lineItems: number, seed = 1): void {
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  write('flightplan.yaml', 'flightplan: 1\nvendor_id: 9999\nplanning_rates: {EUR: "1.08"}\n')
  for (const id of EXCHANGES) write(`exchanges/${id}.yaml`, exchangeYaml(id))
  for (const [i, segment] of SEGMENTS.entries())
    write(`campaigns/_shared/audiences/aud-${i}.yaml`, `audience: aud-${i}\nfrom: {segments: [${segment}]}\n`)
  const campaigns = Math.ceil(lineItems / LINE_ITEMS_PER_CAMPAIGN)
  for (let order = 0; order * CAMPAIGNS_PER_ORDER < campaigns; order++) writeOrder(write, order)
  for (let c = 0; c < campaigns; c++) {
    const count = Math.min(LINE_ITEMS_PER_CAMPAIGN, lineItems - c * LINE_ITEMS_PER_CAMPAIGN)
    write(`campaigns/adv-${Math.floor(c / CAMPAIGNS_PER_ORDER)}/c-${c}.yaml`, campaignYaml(c, count, seed))
  }
}

type Write = (path: string, text: string) => void

function exchangeYaml(id: string): string {
  const currency = id === 'boreal' ? 'EUR' : 'USD'
  return `exchange: ${id}
status: live
default_seat: "5371"
currencies: {request: [USD, EUR], bid: ${currency}}
price: {codec: plain, unit: cpm}
notices: {bill_on: {banner: pixel, video: vast_impression, native: imptracker, audio: vast_impression}}
`
}

/** One advertiser an order: its banner in each size, a video, a native ad and an audio ad. */
function writeOrder(write: Write, n: number): void {
  const dir = `campaigns/adv-${n}`
  const creative = (id: string, format: string, rest = '') =>
    write(
      `${dir}/creatives/${id}.yaml`,
      `creative: adv-${n}-${id}\nadvertiser: adv-${n}\nformat: ${format}\nlanding_page: https://www.adv-${n}.example/\n${rest}`,
    )
  write(
    `${dir}/advertiser.yaml`,
    `advertiser: adv-${n}\nname: Example ${n}\ndomain: adv-${n}.example\ncategories: [IAB18-5, "2.2:473", "3.1:473"]\ndsa: {paid_by: Example ${n}}\n`,
  )
  write(
    `${dir}/order.yaml`,
    `order: io-${n}\nadvertiser: adv-${n}\ncurrency: ${n % 3 === 0 ? 'EUR' : 'USD'}\nsigned: {amount: 8000000}\n`,
  )
  const image = `https://cdn.adv-${n}.example`
  for (const size of SIZES)
    creative(`b${size}`, `{banner: {size: ${size}, type: image, image: "${image}/${size}.png"}}`)
  const file = (mime: string, size: string) => `[{url: "${image}/ad", mime: ${mime}${size}}]`
  creative('v', `{video: {duration: 15s, vast: "3.0", media: ${file('video/mp4', ', w: 1280, h: 720')}}}`)
  creative('a', `{audio: {duration: 15s, vast: "3.0", media: ${file('audio/mpeg', '')}}}`)
  const main = `{url: "${image}/main.jpg", w: 1200, h: 627}`
  const icon = `{url: "${image}/icon.png", w: 80, h: 80}`
  creative(
    'n',
    `{native: {title: Example, body: An example, cta: Go, sponsored: Example, images: {main: ${main}, icon: ${icon}}}}`,
  )
}

function campaignYaml(c: number, count: number, seed: number): string {
  const order = Math.floor(c / CAMPAIGNS_PER_ORDER)
  const items = Array.from({ length: count }, (_, i) => lineItemYaml(new Random(seed * 7919 + c, i), order, i))
  return `campaign: c-${c}
order: io-${order}
flight: {start: "2020-01-01 00:00", end: "2099-12-31 23:59", timezone: Europe/Berlin}
budget: {total: 70000, daily_max: 60000}
line_items:
${items.join('')}`
}

const KINDS = weights([
  ['network', 30],
  ['domains', 22],
  ['bundles', 8],
  ['country', 20],
  ['audience', 8],
  ['context', 8],
  ['slot', 4],
] as [string, number][])

const CREATIVES = weights([
  ['banner', 78],
  ['video', 12],
  ['native', 8],
  ['audio', 2],
] as [string, number][])

function lineItemYaml(random: Random, order: number, i: number): string {
  const cpm = (0.4 + random.int(0, 900) / 100).toFixed(2)
  const format = random.weighted(CREATIVES)
  const banners = random.sample(SIZES, random.int(1, 4)).map(size => `b${size}`)
  const short = { video: 'v', native: 'n', audio: 'a' }[format]
  const creatives = (short ? [short] : banners).map(id => `adv-${order}-${id}: ${random.int(1, 9)}`)
  const where = whereYaml(random, random.weighted(KINDS))
  const priority = random.chance(0.1) ? random.int(1, 4) : random.int(5, 9)
  return `  li-${i}:
    priority: ${priority}
    bid: {cpm: ${cpm}}
    creatives: {${creatives.join(', ')}}
${where.length > 0 ? `    where: {${where.join(', ')}}\n` : ''}`
}

const country = (random: Random) => {
  const of = random.sample(
    COUNTRIES.map(({ iso2 }) => `"${iso2}"`),
    random.int(1, 3),
  )
  return `geo: {country: [${of.join(', ')}]}`
}
const sites = (random: Random, n: number) => [
  ...new Set(Array.from({ length: n }, () => SITES[random.ranked(SITE_RANKS)]?.domain ?? 'news.example')),
]

function whereYaml(random: Random, kind: string): string[] {
  if (kind === 'network') return random.chance(0.4) ? [country(random)] : []
  const device = random.chance(0.5) ? [`device: {type: [${random.chance(0.5) ? 'mobile' : 'desktop, ctv'}]}`] : []
  const daypart = random.chance(0.15) ? ['daypart: ["Mon-Sun 06:00-23:00"]'] : []
  const base = [country(random), ...device, ...daypart]
  switch (kind) {
    case 'domains':
      return [
        ...base.slice(random.int(0, 1)),
        `inventory: {domain: [${sites(random, random.chance(0.2) ? 200 : random.int(3, 30)).join(', ')}]}`,
      ]
    case 'bundles': {
      const apps = random.sample(APPS, random.int(3, 40)).map(app => `"${bundleOf(app, false)}"`)
      return [...device, `inventory: {bundle: [${apps.join(', ')}]}`]
    }
    case 'audience':
      return [...base, `audience: {any: [aud-${random.int(1, SEGMENTS.length - 1)}, aud-0]}`]
    case 'context':
      return [
        ...base,
        `inventory: {category: [IAB${random.int(1, 11)}, IAB12]}, not: {inventory: {domain: [${sites(random, 5).join(', ')}]}}`,
      ]
    case 'slot':
      return [...base, 'slot: {interstitial: false}']
    default:
      return base
  }
}
