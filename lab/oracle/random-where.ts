/** Random `where:` trees over every kind of leaf, with values that the generated traffic and the corpus really hold. */
import { COUNTRIES } from '../traffic/geography.ts'
import type { Random } from '../traffic/random.ts'
import { APPS, bundleOf, SITES } from '../traffic/supply.ts'

export type Plain = { [key: string]: unknown }

/** Ids that a world of random-world.ts holds and leaves may name. */
export const AUDIENCES = ['cart', 'buyers', 'sporty', 'profiled'] as const
export const LISTS = ['quality', 'blocked', 'publishers'] as const
export const EXCHANGES = ['alpha', 'boreal', 'cascade'] as const
export const SIZES = ['300x250', '728x90', '160x600', '300x600', '970x250', '320x50', '320x100', '336x280', '468x60']
const RULES = ['family_content', 'late_evening_utc', 'mature_content', 'sensitive_content', 'shared_screen']

/** A list of one to `most` of them, or in one case of three what is not to be. */
function oneOf<T>(random: Random, values: readonly T[], most = 3): T[] | { not: T[] } {
  const drawn = [...new Set(random.sample(values, random.int(1, Math.min(most, values.length))))]
  return random.chance(0.35) ? { not: drawn } : drawn
}

const COUNTRY_CODES = COUNTRIES.map(({ iso2 }) => iso2)
const REGIONS = COUNTRIES.flatMap(({ iso2, cities }) => cities.values.map(({ region }) => `${iso2}-${region}`))
const CITIES = COUNTRIES.flatMap(({ cities }) => cities.values)
const DOMAINS = SITES.slice(0, 150).map(({ domain }) => domain)
const CARRIERS = COUNTRIES.flatMap(({ carriers }) => carriers.map(([name]) => name))

function hours(random: Random): string {
  const days = random.pick(['', 'Mon-Fri ', 'Sat,Sun ', 'Fri-Mon ', 'Mon,Wed-Thu '])
  const clock = () => `${String(random.int(0, 23)).padStart(2, '0')}:${random.pick(['00', '15', '30', '45'])}`
  const from = clock()
  const to = random.chance(0.2) ? '24:00' : clock()
  return from === to ? `${days}06:00-23:00` : `${days}${from}-${to}`
}

function near(random: Random): Plain {
  const { lat, lon } = random.pick(CITIES)
  return { lat, lon, km: random.pick([5, 20, 40, 150, 600]) }
}

type Leaf = (random: Random) => Plain
const LEAVES: readonly Leaf[] = [
  random => ({ geo: { country: oneOf(random, COUNTRY_CODES, 6) } }),
  random => ({ geo: { region: oneOf(random, [...new Set(REGIONS)], 8) } }),
  random => ({ geo: { city: oneOf(random, [...new Set(CITIES.map(({ name }) => name))], 6) } }),
  random => ({ geo: { zip: { not: [`DE:${random.pick(['10115', '80331', '20095'])}`] } } }),
  random => ({ geo: { near: near(random) } }),
  random => ({ device: { type: oneOf(random, ['mobile', 'desktop', 'ctv', 'phone', 'tablet', 'connected_device']) } }),
  random => ({ device: { os: oneOf(random, ['ios', 'android', 'windows', 'macos', 'tizen', 'webos']) } }),
  random => ({
    device: {
      os: { ios: random.pick(['>=15 <18', '*', '>=17']), android: random.pick(['>=12', '<14', '*']), windows: '*' },
    },
  }),
  random => ({ device: { browser: oneOf(random, ['chrome', 'safari', 'firefox', 'edge', 'samsung']) } }),
  random => ({ device: { browser: { chrome: random.pick(['>=120', '*']), safari: random.pick(['>=16', '*']) } } }),
  random => ({ device: { make: oneOf(random, ['Apple', 'Samsung', 'Google', 'Xiaomi']) } }),
  random => ({ device: { model: { not: [random.pick(['iPhone', 'Pixel 8', 'SM-S918B'])] } } }),
  random => ({ device: { carrier: oneOf(random, [...new Set(CARRIERS)], 5) } }),
  random => ({ device: { connection: oneOf(random, ['wifi', 'cellular', 'cellular_4g', 'cellular_5g', 'ethernet']) } }),
  random => ({ device: { language: oneOf(random, ['de', 'en', 'fr', 'es', 'it', 'pl']) } }),
  random => ({ inventory: { channel: oneOf(random, ['site', 'app', 'dooh'], 2) } }),
  random => ({ inventory: { domain: oneOf(random, DOMAINS, 60) } }),
  random => ({
    inventory: {
      bundle: oneOf(
        random,
        APPS.slice(0, 60).map((app, i) => bundleOf(app, i % 2 === 0)),
        30,
      ),
    },
  }),
  random => ({
    inventory: {
      publisher: oneOf(
        random,
        SITES.slice(0, 40).map(({ publisher }, i) => `${EXCHANGES[i % 3]}/${publisher.id}`),
        20,
      ),
    },
  }),
  random => ({
    inventory: {
      category: oneOf(
        random,
        ['IAB12', 'IAB17', 'IAB9', 'IAB1', 'IAB19', 'IAB9-30', '2.2:379', '2.2:483', '3.1:386'],
        4,
      ),
    },
  }),
  random => ({
    inventory: { keywords: oneOf(random, ['football', 'puzzle', 'Politics', 'vegan', 'forecast', 'sports'], 4) },
  }),
  random => ({ inventory: { lists: oneOf(random, LISTS, 2) } }),
  random => ({ content: { rating: { max: random.pick(['all', 'teen', 'mature']) } } }),
  random => ({ content: { genre: oneOf(random, ['drama', 'news', 'sport', 'Action']) } }),
  random => ({ content: { language: oneOf(random, ['de', 'en']) } }),
  () => ({ content: { series: { not: ['All Good'] } } }),
  () => ({ content: { title: { not: ['Pilot'] } } }),
  random => ({ content: { livestream: random.chance(0.5) } }),
  random => ({ audience: { any: random.sample(AUDIENCES, 2) } }),
  random => ({ audience: { all: random.sample(AUDIENCES, random.int(1, 2)) } }),
  random => ({ audience: { none: random.sample(AUDIENCES, random.int(1, 3)) } }),
  random => ({ deals: oneOf(random, DEAL_IDS, 8) }),
  random => ({ exchange: oneOf(random, EXCHANGES, 2) }),
  random => ({ slot: { format: oneOf(random, ['banner', 'video', 'native', 'audio'], 3) } }),
  random => ({ slot: { size: oneOf(random, SIZES, 4) } }),
  random => ({ slot: { position: oneOf(random, ['above_fold', 'below_fold', 'header', 'fullscreen']) } }),
  random => ({ slot: { interstitial: random.chance(0.3) } }),
  random => ({ slot: { rewarded: random.chance(0.3) } }),
  random => ({ video: { plcmt: oneOf(random, ['instream', 'accompanying', 'interstitial', 'standalone'], 2) } }),
  random => ({ video: { skippable: random.chance(0.5) } }),
  random => ({ video: { duration: random.pick([{ max: '30s' }, { min: '15s' }, { min: '15s', max: '60s' }]) } }),
  random => ({ video: { player: random.pick([{ min_w: 300 }, { min_h: 250, max_h: 1080 }, { max_w: 1280 }]) } }),
  random => ({ video: { protocols: oneOf(random, ['vast_2', 'vast_3', 'vast_4', 'vast_4_2', 'vast_4_2_wrapper']) } }),
  random => ({ video: { start: oneOf(random, ['pre', 'mid', 'post'], 2) } }),
  random => ({ user: { age: random.pick([{ min: 18 }, { max: 49 }, { min: 25, max: 64 }]) } }),
  random => ({ user: { gender: oneOf(random, ['male', 'female', 'other'], 2) } }),
  random => ({ daypart: random.sample([hours(random), hours(random), hours(random)], random.int(1, 2)) }),
  random => ({
    daypart: { hours: [hours(random)], zone: random.pick(['Europe/Berlin', 'America/New_York', 'Asia/Kolkata']) },
  }),
  random => ({ rule: random.pick(RULES) }),
]

/** Our ids of the deals; the generated traffic offers twelve per exchange. */
export const DEAL_IDS = EXCHANGES.flatMap(exchange => [1, 2, 3, 4, 6, 8, 11].map(rank => `${exchange}-${rank}`))

/** A random tree. Alternatives are more common than conjunctions, so that traffic does match. */
export function randomWhere(random: Random, depth = 3): Plain {
  const kind = depth === 0 ? 0 : random.unit()
  const child = () => randomWhere(random, depth - 1)
  if (kind < 0.55) return random.pick(LEAVES)(random)
  if (kind < 0.85) return { any: [child(), child(), ...(random.chance(0.4) ? [child()] : [])] }
  if (kind < 0.93) return { all: [child(), child()] }
  return { not: child() }
}
