/**
 * `where:` — targeting. All keys of one object must be true (AND). `all`, `any` and `not` nest freely; `{}` is true.
 *
 * A leaf asks about one attribute of the request. An attribute is a *set* of values (a page has several categories, a
 * slot several sizes); a leaf is true when that set and the leaf's list have a value in common. A missing attribute is
 * the empty set: a leaf on it is false, and its `not` is true. `{not: [a, b]}` is "not (one of a, b)": true for a
 * missing attribute too.
 */
import Type, { type Static, type TSchema, type TUnsafe } from 'typebox'
import { object, optional, words } from './build.ts'
import { Category, Country, Domain, Duration, Id, Language, Size, Timezone, text } from './scalars.ts'
import {
  BROWSERS,
  CHANNELS,
  CONNECTIONS,
  DEVICE_TYPES,
  FORMATS,
  GENDERS,
  OSES,
  PLCMTS,
  POSITIONS,
  PROTOCOLS,
  RATINGS,
  STARTS,
  wordsOf,
} from './values.ts'

/** `[a, b]`: one of them; `{not: [a, b]}`: none of them. */
export type OneOf<T> = T[] | { not: T[] }
/** An inclusive range; either end may be left out, not both. */
export interface Bounds<T> {
  min?: T
  max?: T
}

function oneOf<S extends TSchema>(items: S, description: string): TUnsafe<OneOf<Static<S>>> {
  const list = { type: 'array', items, minItems: 1, uniqueItems: true }
  return Type.Unsafe<OneOf<Static<S>>>({
    ...list,
    type: ['array', 'object'],
    properties: { not: list },
    required: ['not'],
    additionalProperties: false,
    description: `${description} A list, or {not: [...]}.`,
  })
}

const VERSIONS = '^(\\*|(>=|<=|>|<)[0-9]{1,6}(\\.[0-9]{1,6}){0,2}( (>=|<=|>|<)[0-9]{1,6}(\\.[0-9]{1,6}){0,2})?)$'
/** `ios: ">=15 <18"`; `"*"` is any version, known or not. Parts left out are 0: `<=17` excludes 17.1. */
const Version = text(VERSIONS, 'a version range such as ">=15 <18", or "*" for any')

/** A list, `{not: […]}`, or a map family → version range (true when one of its entries is). */
export type Versions<Family extends string> = OneOf<Family> | ({ [F in Family]?: string } & { not?: never })

function versions<const F extends readonly string[]>(families: F, description: string): TUnsafe<Versions<F[number]>> {
  const list = { type: 'array', items: words(families), minItems: 1, uniqueItems: true }
  const ranges = Object.fromEntries(families.map(family => [family, Version]))
  return Type.Unsafe<Versions<F[number]>>({
    ...list,
    type: ['array', 'object'],
    properties: { ...ranges, not: list },
    additionalProperties: false,
    minProperties: 1,
    dependentSchemas: { not: { maxProperties: 1 } },
    description: `${description} A list, {not: [...]}, or version ranges such as {${families[0]}: ">=15 <18"}.`,
  })
}

function bounds<S extends TSchema>(ends: S, description: string): TUnsafe<Bounds<Static<S>>> {
  const properties = { min: ends, max: ends }
  const schema = { type: 'object', properties, additionalProperties: false, minProperties: 1, description }
  return Type.Unsafe<Bounds<Static<S>>>(schema)
}

const Word = (description: string) => text('^[^\\x00-\\x1f]{1,200}$', 'one line of text', description)
const Pixels = (description: string) => Type.Integer({ minimum: 1, maximum: 20_000, description })
const Seconds = Duration('Whole seconds, such as 20s.')

const HOUR = '([01][0-9]|2[0-3]):[0-5][0-9]'
const DAY = '(Mon|Tue|Wed|Thu|Fri|Sat|Sun)'
/** `Mon-Fri 06:00-23:00`, `Sat,Sun 10:00-24:00`, `22:00-02:00` (every day; past midnight it ends on the next day). */
const Hours = text(
  `^(${DAY}(-${DAY})?(,${DAY}(-${DAY})?)* )?${HOUR}-(${HOUR}|24:00)$`,
  'days and hours such as "Mon-Fri 06:00-23:00"',
)
/** In the user's zone (from utcoffset, else the country and region, else the exchange's zone), or in `zone`. */
export type Daypart = string[] | { hours: string[]; zone?: string }
const DaypartSchema = Type.Unsafe<Daypart>({
  type: ['array', 'object'],
  items: Hours,
  minItems: 1,
  uniqueItems: true,
  properties: {
    hours: { type: 'array', items: Hours, minItems: 1, uniqueItems: true },
    zone: Timezone('The zone of `hours`; without it the user’s.'),
  },
  required: ['hours'],
  additionalProperties: false,
  description:
    'Days and hours, the end excluded, in the user’s zone: ["Mon-Fri 06:00-23:00"]; or {hours: [...], zone: Europe/Berlin}.',
})

const Near = object(
  {
    lat: Type.Number({ minimum: -90, maximum: 90 }),
    lon: Type.Number({ minimum: -180, maximum: 180 }),
    km: Type.Number({ exclusiveMinimum: 0, maximum: 5000 }),
  },
  'Within this many kilometres (great circle) of a point.',
)

const Geo = object({
  country: optional(oneOf(Country('Such as DE.'), 'ISO 3166-1 country of the device.')),
  region: optional(
    oneOf(text('^[A-Z]{2}-[A-Z0-9]{1,3}$', 'an ISO 3166-2 region such as DE-BY'), 'ISO 3166-2 region of the device.'),
  ),
  city: optional(oneOf(Word('Compared in lower case.'), 'City as the request names it.')),
  zip: optional(
    oneOf(
      text('^[A-Z]{2}:[A-Za-z0-9 -]{2,12}$', 'country and postcode such as "DE:10115"'),
      'Postcode with its country.',
    ),
  ),
  near: optional(Near),
})

const Device = object({
  type: optional(
    oneOf(words(wordsOf(DEVICE_TYPES)), 'Kind of device; `mobile` is a phone, a tablet, or one of them unsaid.'),
  ),
  os: optional(versions(OSES, 'Operating system, from `sua` or the user agent.')),
  browser: optional(versions(BROWSERS, 'Browser, from `sua` or the user agent.')),
  make: optional(oneOf(Word('Compared in lower case.'), 'Maker of the device.')),
  model: optional(oneOf(Word('Compared in lower case.'), 'Model of the device.')),
  carrier: optional(oneOf(Word('Compared in lower case.'), 'Carrier or provider.')),
  connection: optional(oneOf(words(wordsOf(CONNECTIONS)), 'Kind of connection; `cellular` covers every generation.')),
  language: optional(oneOf(Language('Such as de.'), 'Language of the device.')),
})

const Inventory = object({
  channel: optional(oneOf(words(CHANNELS), 'Where the slot is.')),
  domain: optional(oneOf(Domain('Such as news.example.'), 'Site domain; a subdomain matches its parent.')),
  bundle: optional(oneOf(Word('Compared exactly.'), 'App bundle or store id.')),
  publisher: optional(
    oneOf(text('^[A-Za-z0-9._-]+/\\S+$', 'exchange and publisher id such as alpha/4711'), 'Publisher, per exchange.'),
  ),
  category: optional(
    oneOf(Category('Such as IAB1-1.'), 'Category of page, site or app; a parent matches its children.'),
  ),
  keywords: optional(oneOf(Word('Compared in lower case.'), 'Keywords of page, site or app.')),
  lists: optional(oneOf(Id('Inventory list.'), 'Inventory lists that hold the domain, bundle or publisher.')),
})

const Content = object({
  rating: optional(
    object({ max: words(wordsOf(RATINGS), 'The strongest rating allowed.') }, 'Media rating of the content.'),
  ),
  genre: optional(oneOf(Word('Compared in lower case.'), 'Genre of the content.')),
  language: optional(oneOf(Language('Such as de.'), 'Language of the content.')),
  series: optional(oneOf(Word('Compared in lower case.'), 'Series.')),
  title: optional(oneOf(Word('Compared in lower case.'), 'Title.')),
  livestream: optional(Type.Boolean({ description: 'Live or on demand.' })),
})

const AudienceIds = (description: string) =>
  optional(Type.Array(Id('Audience.'), { minItems: 1, uniqueItems: true, description }))
const Audience = object(
  {
    any: AudienceIds('The user is in one of these.'),
    all: AudienceIds('The user is in every one of these.'),
    none: AudienceIds('The user is in none of these; true for a user we know nothing about.'),
  },
  'Audiences by id. A user whose data may not be used is in no audience.',
)

const Slot = object({
  format: optional(oneOf(words(FORMATS), 'Formats that the slot takes.')),
  size: optional(oneOf(Size('Such as 300x250.'), 'Banner sizes that the slot takes.')),
  position: optional(oneOf(words(wordsOf(POSITIONS)), 'Position on the page or screen.')),
  interstitial: optional(Type.Boolean({ description: 'Full-screen between contents.' })),
  rewarded: optional(Type.Boolean({ description: 'The user gets something for watching.' })),
})

const Player = object({
  min_w: optional(Pixels('The player is at least this wide.')),
  min_h: optional(Pixels('The player is at least this high.')),
  max_w: optional(Pixels('The player is at most this wide.')),
  max_h: optional(Pixels('The player is at most this high.')),
})
const Video = object(
  {
    plcmt: optional(oneOf(words(wordsOf(PLCMTS)), 'Kind of video placement.')),
    skippable: optional(Type.Boolean({ description: 'Whether the player lets the user skip.' })),
    duration: optional(bounds(Seconds, 'Bounds on the longest ad that the slot allows (`maxduration`).')),
    player: optional(Player),
    protocols: optional(oneOf(words(wordsOf(PROTOCOLS)), 'VAST forms that the slot takes.')),
    start: optional(oneOf(words(STARTS), 'Before, in or after the content.')),
  },
  'Video slots, and audio slots where the attribute exists there.',
)

const User = object({
  age: optional(bounds(Type.Integer({ minimum: 0, maximum: 120 }), 'Age in years, from the year of birth.')),
  gender: optional(oneOf(words(GENDERS), 'Gender as the request states it.')),
})

/** The keys of a `where` besides all, any and not. */
export const WHERE_GROUPS = {
  geo: optional(Geo),
  device: optional(Device),
  inventory: optional(Inventory),
  content: optional(Content),
  audience: optional(Audience),
  deals: optional(oneOf(Id('Deal.'), 'Our deals that the slot offers.')),
  exchange: optional(oneOf(Id('Exchange.'), 'Exchange, as the file in exchanges/.')),
  slot: optional(Slot),
  video: optional(Video),
  user: optional(User),
  daypart: optional(DaypartSchema),
  rule: optional(text('^[a-z][a-z0-9_]*$', 'the name of a Rego rule', 'A Rego rule in policies/request that is true.')),
}

const Groups = Type.Object(WHERE_GROUPS)
export interface Where extends Static<typeof Groups> {
  all?: Where[]
  any?: Where[]
  not?: Where
}

const WHERE_REF = { $ref: '#/$defs/where' }
/** Goes into `$defs.where` of every emitted schema that uses {@link WhereRef}. */
export const WhereSchema = {
  type: 'object',
  properties: {
    all: { type: 'array', items: WHERE_REF, minItems: 1, description: 'Every one of these is true.' },
    any: { type: 'array', items: WHERE_REF, minItems: 1, description: 'One of these is true.' },
    not: { ...WHERE_REF, description: 'This is not true.' },
    ...WHERE_GROUPS,
  },
  additionalProperties: false,
  description: 'Targeting: all keys must be true.',
}
export const WhereRef = Type.Unsafe<Where>(WHERE_REF)

/**
 * - `one_of`: `OneOf<string>`. - `versions`: `Versions`. - `flag`: boolean. - `bounds`: `Bounds<Duration | number>`.
 * - `at_most`: one end of a range, inclusive. - `at_least`: the other. - `rating`: `{max}` on the order of RATINGS.
 * - `any` | `all` | `none`: `string[]`. - `near`, `daypart`, `rule`: shapes of their own.
 */
export type LeafShape =
  | 'one_of'
  | 'versions'
  | 'flag'
  | 'bounds'
  | 'at_most'
  | 'at_least'
  | 'rating'
  | 'any'
  | 'all'
  | 'none'
  | 'near'
  | 'daypart'
  | 'rule'

/** Every leaf of `where`, by its path, with its shape. The lowerer and the oracle walk this table. */
export const WHERE_LEAVES = {
  'geo.country': 'one_of',
  'geo.region': 'one_of',
  'geo.city': 'one_of',
  'geo.zip': 'one_of',
  'geo.near': 'near',
  'device.type': 'one_of',
  'device.os': 'versions',
  'device.browser': 'versions',
  'device.make': 'one_of',
  'device.model': 'one_of',
  'device.carrier': 'one_of',
  'device.connection': 'one_of',
  'device.language': 'one_of',
  'inventory.channel': 'one_of',
  'inventory.domain': 'one_of',
  'inventory.bundle': 'one_of',
  'inventory.publisher': 'one_of',
  'inventory.category': 'one_of',
  'inventory.keywords': 'one_of',
  'inventory.lists': 'one_of',
  'content.rating': 'rating',
  'content.genre': 'one_of',
  'content.language': 'one_of',
  'content.series': 'one_of',
  'content.title': 'one_of',
  'content.livestream': 'flag',
  'audience.any': 'any',
  'audience.all': 'all',
  'audience.none': 'none',
  deals: 'one_of',
  exchange: 'one_of',
  'slot.format': 'one_of',
  'slot.size': 'one_of',
  'slot.position': 'one_of',
  'slot.interstitial': 'flag',
  'slot.rewarded': 'flag',
  'video.plcmt': 'one_of',
  'video.skippable': 'flag',
  'video.duration': 'bounds',
  'video.player.min_w': 'at_least',
  'video.player.min_h': 'at_least',
  'video.player.max_w': 'at_most',
  'video.player.max_h': 'at_most',
  'video.protocols': 'one_of',
  'video.start': 'one_of',
  'user.age': 'bounds',
  'user.gender': 'one_of',
  daypart: 'daypart',
  rule: 'rule',
} as const satisfies Record<string, LeafShape>

export type WhereLeaf = keyof typeof WHERE_LEAVES
