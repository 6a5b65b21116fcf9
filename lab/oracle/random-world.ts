/** A seeded random world: valid YAML of campaigns, creatives, deals and exchanges, as a list of files. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { stringify } from 'yaml'
import { Random } from '../traffic/random.ts'
import { SITES } from '../traffic/supply.ts'
import { AUDIENCES, DEAL_IDS, EXCHANGES, LISTS, type Plain, randomWhere, SIZES } from './random-where.ts'
import type { SourceFile } from './world.ts'

const file = (path: string, value: Plain): SourceFile => ({
  path,
  // quoted, as `flight fmt` writes it: no time, amount or "NO" is read as anything but text
  text: stringify(value, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' }),
})

const CURRENCIES = ['USD', 'EUR', 'GBP'] as const
const ADVERTISERS = ['acme', 'shoes', 'cars', 'bank'] as const
const CATEGORIES: Record<(typeof ADVERTISERS)[number], string[]> = {
  acme: ['IAB18-5', '2.2:552'],
  shoes: ['IAB17'],
  cars: ['IAB2-10', '2.2:1', '3.1:1'],
  bank: ['IAB13-4', 'product:1002'],
}

function exchange(random: Random, id: string): Plain {
  const quirks = random.sample(['banner_wh_is_a_format', 'unsized_banner_uses_device'], random.int(0, 2))
  return {
    exchange: id,
    status: 'live',
    seats: { acme: `${id}-seat-acme` },
    default_seat: `${id}-seat`,
    currencies: { request: ['USD', 'EUR'], bid: id === 'boreal' ? 'EUR' : 'USD' },
    price: { codec: 'plain', unit: 'cpm' },
    notices: { bill_on: { banner: 'pixel', video: 'vast_impression', native: 'imptracker', audio: 'vast_impression' } },
    ...(quirks.length > 0 ? { quirks } : {}),
    timezone: random.pick(['UTC', 'Europe/Berlin', 'America/New_York']),
  }
}

function advertiser(random: Random, id: (typeof ADVERTISERS)[number]): Plain {
  const dsa = random.chance(0.6) ? { dsa: { paid_by: id } } : {}
  const languages = random.chance(0.4) ? { languages: ['de', 'en'] } : {}
  return {
    advertiser: id,
    name: `Example ${id}`,
    domain: `${id}.example`,
    categories: CATEGORIES[id],
    ...dsa,
    ...languages,
  }
}

const VIDEO_FILE = { url: 'https://cdn.example/a.mp4', mime: 'video/mp4', w: 1280, h: 720 }
const AUDIO_FILE = { url: 'https://cdn.example/a.mp3', mime: 'audio/mpeg' }

function format(random: Random): Plain {
  const kind = random.unit()
  if (kind < 0.6) return { banner: { size: random.pick(SIZES), type: 'image', image: 'https://cdn.example/a.png' } }
  const duration = random.pick(['6s', '15s', '20s', '30s', '60s'])
  const vast = random.chance(0.5) ? { vast: random.pick(['2.0', '3.0', '4.0', '4.2']) } : {}
  const skippable = random.chance(0.2) ? { skippable: true } : {}
  if (kind < 0.8)
    return random.chance(0.7)
      ? { video: { media: [VIDEO_FILE], duration, ...vast, ...skippable } }
      : { video: { vast_tag: 'https://cdn.example/vast', mimes: ['video/mp4'], duration, ...vast } }
  if (kind < 0.87) return { audio: { media: [AUDIO_FILE], duration, ...vast } }
  const logo = random.chance(0.5) ? { logo: { url: 'https://cdn.example/l.png', w: 80, h: 80 } } : {}
  const extra = random.chance(0.6) ? { body: 'Text of the ad', cta: 'Buy', price: '9.99' } : {}
  const images = {
    main: { url: 'https://cdn.example/m.png', w: 1200, h: 627 },
    icon: { url: 'https://cdn.example/i.png', w: 128, h: 128 },
    ...logo,
  }
  return {
    native: { title: random.pick(['Short title', 'A title that is longer than twenty-five']), ...extra, images },
  }
}

function creative(random: Random, id: string, advertiser: string): Plain {
  const attributes = random.sample(
    ['expandable_click', 'pop', 'survey', 'interactive', 'shaky'],
    random.chance(0.3) ? 2 : 0,
  )
  const declares = {
    ...(attributes.length > 0 ? { attributes } : {}),
    ...(random.chance(0.2) ? { languages: [random.pick(['de', 'en', 'fr'])] } : {}),
    ...(random.chance(0.2) ? { categories: [random.pick(['IAB7-3', 'IAB8-5', 'IAB25'])] } : {}),
  }
  const active = random.chance(0.1) ? { active: { to: random.pick(['2027-06-16 12:00', '2027-06-30 23:59']) } } : {}
  return {
    creative: id,
    advertiser,
    format: format(random),
    landing_page: `https://${advertiser}.example/`,
    ...(Object.keys(declares).length > 0 ? { declares } : {}),
    ...active,
  }
}

function deal(random: Random, id: string): Plain {
  const [exchange = '', rank = ''] = id.split('-')
  return {
    deal: id,
    exchange,
    deal_id: `${exchange}-deal-${rank.padStart(2, '0')}`,
    ...(random.chance(0.5) ? { floor: random.pick(['0.5', '2.75', '6']) } : {}),
    currency: random.pick(CURRENCIES),
    at: random.pick(['first', 'second', 'fixed']),
    ...(Number(rank) % 2 === 0 ? { seat: `${exchange}-seat-deal` } : {}),
    ...(random.chance(0.2) ? { to: '2027-06-16 18:00', timezone: 'Europe/Berlin' } : {}),
  }
}

const cpm = (random: Random) => random.lognormal(3, 0.9, 2).toFixed(2)

function lineItem(random: Random, creatives: readonly string[]): Plain {
  const deals = random.chance(0.25) ? random.sample(DEAL_IDS, random.int(1, 5)) : []
  const chosen = random.sample(creatives, random.int(1, 8))
  const statuses = random.chance(0.1) ? { status: random.pick(['draft', 'paused', 'active']) } : {}
  // before the shortest campaign ends
  const start = random.pick(['2027-03-28 02:30', '2027-06-16 12:00', '2027-05-01 00:00'])
  return {
    ...statuses,
    priority: random.pick([1, 3, 5, 5, 5, 9]),
    ...(random.chance(0.2) ? { flight: { start } } : {}),
    bid: { cpm: cpm(random), ...(random.chance(0.3) ? { max_cpm: cpm(random) } : {}) },
    ...(deals.length > 0 ? { deals } : {}),
    ...(deals.length > 0 && random.chance(0.5) ? { open_auction: true } : {}),
    creatives: Object.fromEntries(chosen.map(id => [id, random.int(1, 100)])),
    ...(random.chance(0.9) ? { where: randomWhere(random) } : {}),
  }
}

function campaign(random: Random, id: string, order: string, creatives: readonly string[]): Plain {
  const items = Array.from({ length: random.int(3, 12) }, (_, i) => [`line-${i}`, lineItem(random, creatives)] as const)
  const where = random.chance(0.3) ? { where: randomWhere(random, 1) } : {}
  const bid = random.chance(0.4) ? { bid: { max_cpm: '12.50' } } : {}
  return {
    campaign: id,
    order,
    flight: {
      start: '2027-01-01 00:00',
      end: random.pick(['2027-12-31 23:59', '2027-06-16 13:00']),
      timezone: random.pick(['Europe/Berlin', 'America/New_York', 'UTC']),
    },
    budget: { total: '50000' },
    ...(Object.keys({ ...where, ...bid }).length > 0 ? { defaults: { ...bid, ...where } } : {}),
    line_items: Object.fromEntries(items),
  }
}

function shared(): SourceFile[] {
  const segments: Record<(typeof AUDIENCES)[number], Plain> = {
    cart: { segments: ['cart-14d', 'seg-1001'] },
    buyers: { segments: ['buyers-180d'] },
    sporty: { segments: ['sports-fans', 'running'] },
    profiled: { profile: 'site-visitors' },
  }
  const lists: Record<(typeof LISTS)[number], Plain> = {
    quality: { domains: SITES.slice(0, 300).map(({ domain }) => domain) },
    blocked: { domains: SITES.slice(20, 60).map(({ domain }) => domain), bundles: ['example.games.app3', '990000004'] },
    publishers: { publishers: SITES.slice(0, 30).map(({ publisher }, i) => `${EXCHANGES[i % 3]}/${publisher.id}`) },
  }
  return [
    ...AUDIENCES.map(id => file(`campaigns/_shared/audiences/${id}.yaml`, { audience: id, from: segments[id] })),
    ...LISTS.map(id => file(`campaigns/_shared/lists/${id}.yaml`, { inventory_list: id, ...unique(lists[id]) })),
  ]
}
const unique = (list: Plain): Plain =>
  Object.fromEntries(
    Object.entries(list).map(([key, values]) => [key, Array.isArray(values) ? [...new Set(values)] : values]),
  )

function ofAdvertiser(random: Random, id: (typeof ADVERTISERS)[number]): SourceFile[] {
  const creatives = Array.from({ length: 16 }, (_, i) => `${id}-cr-${i}`)
  const currency = random.pick(CURRENCIES)
  const order = { order: `${id}-io`, advertiser: id, currency, signed: { amount: '500000' } }
  const campaigns = Array.from({ length: random.int(1, 3) }, (_, i) => `${id}-campaign-${i}`)
  return [
    file(`campaigns/${id}/advertiser.yaml`, advertiser(random, id)),
    file(`campaigns/${id}/orders/io.yaml`, order),
    ...creatives.map(name => file(`campaigns/${id}/creatives/${name}.yaml`, creative(random, name, id))),
    ...campaigns.map(name =>
      file(`campaigns/${id}/${name}/campaign.yaml`, campaign(random, name, `${id}-io`, creatives)),
    ),
  ]
}

/** The files of a world. Equal seeds give equal files. `vendorId` is that of the traffic's consent strings. */
export function randomWorld(seed: number, vendorId: number): SourceFile[] {
  const random = new Random(seed, 0x0ac1)
  const flightplan = { flightplan: 1, vendor_id: vendorId, planning_rates: { EUR: '1.10', GBP: '1.30', USD: '1' } }
  return [
    file('flightplan.yaml', flightplan),
    ...EXCHANGES.map(id => file(`exchanges/${id}.yaml`, exchange(random, id))),
    ...shared(),
    ...DEAL_IDS.map(id => file(`campaigns/_shared/deals/${id}.yaml`, deal(random, id))),
    ...ADVERTISERS.flatMap(id => ofAdvertiser(random, id)),
  ]
}

/** Writes files below a directory, for a compiler that reads directories. */
export function writeSources(directory: string, sources: readonly SourceFile[]): void {
  for (const { path, text } of sources) {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), text)
  }
}
