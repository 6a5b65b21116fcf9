import { type DeviceClass, type DeviceModel, drawDevice } from './devices.ts'
import { type City, type Country, countryAt } from './geography.ts'
import { mix32, Random, weights, zipf } from './random.ts'

/** What a person answered in the consent dialogue, and keeps answering until it is asked again. */
export type ConsentAnswer = 'granted' | 'partial' | 'refused' | 'missing'

/** One person (or household, for televisions) in front of one device. Equal (class, rank) is always the same user. */
export type User = {
  id: string
  buyeruid: string | undefined
  ifa: string
  country: Country
  city: City
  zip: string
  lat: number
  lon: number
  device: DeviceModel
  carrier: readonly [name: string, mccmnc: string]
  wifi: boolean
  ip: string
  language: string
  segments: string[]
  eids: readonly (readonly [source: string, atype: number, id: string])[]
  yob: number
  gender: 'M' | 'F' | 'O'
  answer: ConsentAnswer
  optedOut: boolean
  limited: boolean
  cmp: number
  phase: number
}

// Of each country and device class: in a day of 50,000 requests about one in six is of a user seen before.
const POPULATION = 20_000
const RANKS = zipf(POPULATION, 150)
const WORLD = 7_340_033 // users, like sites, are the same under every traffic seed
const CLASS_KEY: Record<DeviceClass, number> = { desktop: 11, handheld: 23, tv: 37 }

// First names that the example campaigns target, then the long tail every data provider has.
const SEGMENTS = [
  'auto-intenders',
  'sports-fans',
  'cart-14d',
  'travel-planners',
  'new-parents',
  'home-owners',
  'running',
  'gamers',
  'young-professionals',
  'business-decision-makers',
  'pet-owners',
  'luxury',
  'streaming-heavy',
  'bargain-hunters',
  'buyers-180d',
  'eco-conscious',
  'cooking',
  'fashion',
  'investors',
  'students',
  'electronics',
  'moving-soon',
  ...Array.from({ length: 60 }, (_, at) => `seg-${1001 + at}`),
]
const SEGMENT_RANKS = zipf(SEGMENTS.length, 3)
const ANSWERS = weights<ConsentAnswer>([
  ['granted', 76],
  ['partial', 12],
  ['refused', 8],
  ['missing', 4],
])
const GENDERS = weights<User['gender']>([
  ['F', 49],
  ['M', 49],
  ['O', 2],
])
const EID_SOURCES = [
  ['id5.example', 1, 0.45],
  ['uid2.example', 3, 0.25],
  ['pubcid.example', 1, 0.5],
] as const

/**
 * Addresses are from ranges that belong to nobody: benchmark (198.18/15), and carrier-grade NAT (100.64/10) for mobile
 * networks as in life. 203.0.113/24 plays the data centre that invalid-traffic rules should catch.
 */
function address(random: Random, wifi: boolean): string {
  const low = `${random.int(0, 255)}.${random.int(1, 254)}`
  if (random.chance(0.008)) return `203.0.113.${random.int(1, 254)}`
  return wifi ? `198.${random.int(18, 19)}.${low}` : `100.${random.int(64, 127)}.${low}`
}

function segmentsOf(random: Random): string[] {
  const names = new Set<string>()
  for (let count = random.int(1, 7); count > 0; count--) names.add(SEGMENTS[random.ranked(SEGMENT_RANKS)] ?? '')
  return [...names]
}

const digits = (random: Random, prefix: string, length: number) => {
  let zip = prefix
  while (zip.length < length) zip += random.int(0, 9)
  return zip
}
const ZIP_DIGITS: Record<string, number> = { AT: 4, CH: 4, NL: 4, PL: 6 }

function zipOf(random: Random, country: Country, prefix: string): string {
  if (country.iso2 === 'GB')
    return `${prefix}${random.pick(['A', 'E', 'H', 'P'])} ${random.int(1, 9)}${random.pick(['AA', 'BD', 'JX', 'QT'])}`
  return digits(random, prefix, ZIP_DIGITS[country.iso2] ?? 5)
}

/** The user of a rank in a country. The rank alone decides everything else. */
export function userAt(kind: DeviceClass, country: Country, rank: number): User {
  const population = mix32(Number.parseInt(country.iso2, 36) + (CLASS_KEY[kind] << 16))
  const random = new Random(WORLD ^ population, rank)
  const device = drawDevice(random, kind)
  const city = random.weighted(country.cities)
  const wifi = kind !== 'handheld' || random.chance(0.62)
  const id = random.hex(20)
  return {
    id,
    buyeruid: random.chance(0.62) ? `fp-${random.hex(16)}` : undefined,
    ifa: random.uuid(),
    country,
    city,
    zip: zipOf(random, country, city.zip),
    lat: Math.round((city.lat + random.normal() * 0.05) * 1e4) / 1e4,
    lon: Math.round((city.lon + random.normal() * 0.07) * 1e4) / 1e4,
    device,
    carrier: random.pick(country.carriers),
    wifi,
    ip: address(random, wifi),
    language: random.chance(0.88) ? country.language : random.pick(['en', 'tr', 'ru', 'ar', 'es']),
    segments: segmentsOf(random),
    eids: EID_SOURCES.filter(([, , share]) => random.chance(share)).map(
      ([source, atype]) => [source, atype, random.hex(32)] as const,
    ),
    yob: 1945 + Math.min(64, Math.max(0, Math.round(38 + 16 * random.normal()))),
    gender: random.weighted(GENDERS),
    answer: random.weighted(ANSWERS),
    optedOut: random.chance(0.18),
    limited: random.chance(0.1),
    cmp: random.int(0, 5),
    phase: random.int(0, 179),
  }
}

/** A returning user: a country that is awake at `at_ms`, then a Zipf rank in its population. */
export const drawUser = (random: Random, kind: DeviceClass, at_ms: number): User =>
  userAt(kind, countryAt(random, at_ms), random.ranked(RANKS))
