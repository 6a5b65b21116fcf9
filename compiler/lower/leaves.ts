/** Each leaf of `where` → an expression: the one place where words of YAML become values of attributes. */
import { CATEGORY_TAXONOMIES, RATINGS } from '@flightplan/contract/schema/values.ts'
import type { Bounds, Daypart, OneOf, WhereLeaf } from '@flightplan/contract/schema/where.ts'
import { duration_ms } from '@flightplan/engine/exchange.ts'
import { daypartRanges } from './daypart.ts'
import { type Expression, group, joinRanges, type Ranges } from './expression.ts'
import { versionRanges } from './versions.ts'
import type { Vocabulary } from './vocabulary.ts'

export interface LeafContext {
  vocabulary: Vocabulary
  predicate: number
  /** `<exchange>/<deal id>` of our deal id. */
  dealTerm(id: string): string
  /** The audience is in our own profile store only. */
  isLate(audience: string): boolean
}

type Lower = (value: never, context: LeafContext) => Expression
const same = (text: string) => text
const lowerCase = (text: string) => text.trim().toLowerCase()

function isIn(context: LeafContext, attribute: string, texts: readonly string[], late = false): Expression {
  const { vocabulary, predicate } = context
  const number = vocabulary.attribute(attribute)
  return { op: 'in', predicate, attribute: number, values: vocabulary.list(number, texts), late }
}

function isWithin(context: LeafContext, attribute: string, ranges: Ranges): Expression {
  const number = context.vocabulary.attribute(attribute)
  return { op: 'range', predicate: context.predicate, attribute: number, ranges }
}

const not = (context: LeafContext, part: Expression): Expression => ({ op: 'not', predicate: context.predicate, part })

const oneOf =
  (attribute: string, normalise: (text: string, context: LeafContext) => string = same) =>
  (value: OneOf<string>, context: LeafContext): Expression => {
    const texts = (list: readonly string[]) => list.map(text => normalise(text, context))
    return Array.isArray(value)
      ? isIn(context, attribute, texts(value))
      : not(context, isIn(context, attribute, texts(value.not)))
  }

const flag =
  (attribute: string) =>
  (value: boolean, context: LeafContext): Expression =>
    isIn(context, attribute, [String(value)])

/** Inclusive bounds on integers → half-open. */
const between = (min: number | undefined, max: number | undefined): Ranges =>
  joinRanges([[min ?? Number.NEGATIVE_INFINITY, max === undefined ? Number.POSITIVE_INFINITY : max + 1]])

const bounds =
  <T>(attribute: string, read: (end: T) => number) =>
  (value: Bounds<T>, context: LeafContext): Expression => {
    const end = (bound: T | undefined) => (bound === undefined ? undefined : read(bound))
    return isWithin(context, attribute, between(end(value.min), end(value.max)))
  }
const atLeast = (attribute: string) => (value: number, context: LeafContext) =>
  isWithin(context, attribute, between(value, undefined))
const atMost = (attribute: string) => (value: number, context: LeafContext) =>
  isWithin(context, attribute, between(undefined, value))

/** A list, `{not: list}`, or family → version range: one of the entries is true. */
const versions =
  (family: 'os' | 'browser') =>
  (value: OneOf<string> | Record<string, string>, context: LeafContext): Expression => {
    if (Array.isArray(value) || Array.isArray(value['not'])) return oneOf(family)(value as OneOf<string>, context) // both other forms were just told apart
    const entries = Object.entries(value as Record<string, string>).map(([name, range]) => {
      const named = isIn(context, family, [name])
      const ranges = versionRanges(range)
      if (ranges === null) return named
      return group('and', context.predicate, [named, isWithin(context, `${family}_version:${name}`, ranges)])
    })
    return group('or', context.predicate, entries)
  }

const inAudiences = (ids: readonly string[], context: LeafContext) => {
  const known = ids.filter(id => !context.isLate(id))
  const late = ids.filter(id => context.isLate(id))
  const parts: Expression[] = []
  if (known.length > 0) parts.push(isIn(context, 'segment', known))
  if (late.length > 0) parts.push(isIn(context, 'segment', late, true))
  return group('or', context.predicate, parts)
}

/** `IAB1-2` → `1:IAB1-2`, `2.2:123` → `6:123`: `<cattax>:<id>`. */
export function categoryTerm(written: string): string {
  const colon = written.indexOf(':')
  return `${CATEGORY_TAXONOMIES.get(colon < 0 ? '' : written.slice(0, colon))}:${written.slice(colon + 1)}`
}

/** `DE: 101 15` and `DE:101-15` are `DE:10115`, as the engine reads requests. */
const zipTerm = (written: string): string =>
  `${written.slice(0, 3)}${written.slice(3).replace(/[\s-]/g, '').toUpperCase()}`

export const circleTerm = ({ lat, lon, km }: { lat: number; lon: number; km: number }): string => `${lat},${lon},${km}`
const seconds = (text: string): number => Math.floor(duration_ms(text) / 1000)

const LEAVES = {
  'geo.country': oneOf('country'),
  'geo.region': oneOf('region'),
  'geo.city': oneOf('city', lowerCase),
  'geo.zip': oneOf('zip', zipTerm),
  'geo.near': (value: { lat: number; lon: number; km: number }, context) => isIn(context, 'near', [circleTerm(value)]),
  'device.type': oneOf('device_type'),
  'device.os': versions('os'),
  'device.browser': versions('browser'),
  'device.make': oneOf('make', lowerCase),
  'device.model': oneOf('model', lowerCase),
  'device.carrier': oneOf('carrier', lowerCase),
  'device.connection': oneOf('connection'),
  'device.language': oneOf('language'),
  'inventory.channel': oneOf('channel'),
  'inventory.domain': oneOf('domain', text => (text.startsWith('www.') ? text.slice('www.'.length) : text)),
  'inventory.bundle': oneOf('bundle'),
  'inventory.publisher': oneOf('publisher'),
  'inventory.category': oneOf('category', categoryTerm),
  'inventory.keywords': oneOf('keyword', lowerCase),
  'inventory.lists': oneOf('list'),
  'content.rating': ({ max }: { max: keyof typeof RATINGS }, context) =>
    isWithin(context, 'content_rating', between(1, RATINGS[max][0])),
  'content.genre': oneOf('content_genre', lowerCase),
  'content.language': oneOf('content_language'),
  'content.series': oneOf('content_series', lowerCase),
  'content.title': oneOf('content_title', lowerCase),
  'content.livestream': flag('content_livestream'),
  'audience.any': inAudiences,
  'audience.all': (ids: readonly string[], context) =>
    group(
      'and',
      context.predicate,
      ids.map(id => inAudiences([id], context)),
    ),
  'audience.none': (ids: readonly string[], context) => not(context, inAudiences(ids, context)),
  deals: oneOf('deal', (id, context) => context.dealTerm(id)),
  exchange: oneOf('exchange'),
  'slot.format': oneOf('format'),
  'slot.size': oneOf('size'),
  'slot.position': oneOf('position'),
  'slot.interstitial': flag('interstitial'),
  'slot.rewarded': flag('rewarded'),
  'video.plcmt': oneOf('plcmt'),
  'video.skippable': flag('skippable'),
  'video.duration': bounds<string>('duration', seconds),
  'video.player.min_w': atLeast('player_w'),
  'video.player.min_h': atLeast('player_h'),
  'video.player.max_w': atMost('player_w'),
  'video.player.max_h': atMost('player_h'),
  'video.protocols': oneOf('protocol'),
  'video.start': oneOf('start'),
  'user.age': bounds<number>('age', same => same),
  'user.gender': oneOf('gender'),
  daypart: (value: Daypart, context) => {
    const { hours, zone = 'user' } = Array.isArray(value) ? { hours: value } : value
    return isWithin(context, `daypart:${zone}`, daypartRanges(hours))
  },
  rule: (name: string, context) => isIn(context, 'rule', [name]),
} satisfies Record<WhereLeaf, Lower>

/** `value` has the shape that the schema gives this leaf (contract/schema/where.ts WHERE_LEAVES). */
export function lowerLeaf(leaf: WhereLeaf, value: unknown, context: LeafContext): Expression {
  return LEAVES[leaf](value as never, context) // the schema has checked it
}
