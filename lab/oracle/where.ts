/** `where:` by walking the parsed YAML: no index, no normal form, nothing compiled. */
import { RATINGS } from '@flightplan/contract/schema/values.ts'
import type { Ask, Slot } from './ask.ts'
import * as device from './attributes/device.ts'
import * as geo from './attributes/geo.ts'
import * as inventory from './attributes/inventory.ts'
import * as people from './attributes/people.ts'
import * as slots from './attributes/slot.ts'
import { inHours, userMinute } from './daypart.ts'
import { has, list, number, type Tree, text, texts, tree } from './lenient.ts'
import { duration_ms, wallClock } from './time.ts'
import { categoryTerm } from './world.ts'

/** What a leaf is asked about. `deals`: our ids of the deals that the imp offers to this line item. */
export interface Scene {
  ask: Ask
  slot: Slot
  deals: ReadonlySet<string>
}

type Values = (scene: Scene) => readonly string[]
const ofRequest =
  (read: (ask: Ask) => readonly string[]): Values =>
  scene =>
    read(scene.ask)
const ofSlot =
  (read: (ask: Ask, slot: Slot) => readonly string[]): Values =>
  scene =>
    read(scene.ask, scene.slot)

const lower = (value: string) => value.trim().toLowerCase()
const same = (value: string) => value
/** Zip as `DE:10115`, whatever blanks and case people use. */
const zip = (value: string) => value.slice(0, 3) + geo.normalZip(value.slice(3))

/** Leaves that are a list, or `{not: list}`: the values of the request, and how the YAML's words are normalised. */
const ONE_OF: Readonly<Record<string, readonly [Values, (written: string) => string]>> = {
  'geo.country': [ofRequest(geo.country), same],
  'geo.region': [ofRequest(geo.region), same],
  'geo.city': [ofRequest(geo.city), lower],
  'geo.zip': [ofRequest(geo.zip), zip],
  'device.type': [ofRequest(device.device_type), same],
  'device.make': [ofRequest(device.make), lower],
  'device.model': [ofRequest(device.model), lower],
  'device.carrier': [ofRequest(device.carrier), lower],
  'device.connection': [ofRequest(device.connection), same],
  'device.language': [ofRequest(device.language), same],
  'inventory.channel': [ofRequest(inventory.channel), same],
  'inventory.domain': [ofRequest(inventory.domain), written => written.replace(/^www\./, '')],
  'inventory.bundle': [ofRequest(inventory.bundle), same],
  'inventory.publisher': [ofRequest(inventory.publisher), same],
  'inventory.category': [ofRequest(inventory.category), categoryTerm],
  'inventory.keywords': [ofRequest(inventory.keyword), lower],
  'inventory.lists': [ofRequest(inventory.lists), same],
  'content.genre': [ofRequest(inventory.content_genre), lower],
  'content.language': [ofRequest(inventory.content_language), same],
  'content.series': [ofRequest(inventory.content_series), lower],
  'content.title': [ofRequest(inventory.content_title), lower],
  deals: [({ deals }) => [...deals], same],
  exchange: [({ ask }) => [ask.exchange], same],
  'slot.format': [ofSlot(slots.format), same],
  'slot.size': [ofSlot(slots.size), same],
  'slot.position': [ofSlot(slots.position), same],
  'video.plcmt': [ofSlot(slots.plcmt), same],
  'video.protocols': [ofSlot(slots.protocol), same],
  'video.start': [ofSlot(slots.start), same],
  'user.gender': [ofRequest(people.gender), same],
}

/** Leaves that are `true` or `false`: a set of the one word that the request says, empty when it does not. */
const FLAGS: Readonly<Record<string, Values>> = {
  'content.livestream': ofRequest(inventory.content_livestream),
  'slot.interstitial': ofSlot(slots.interstitial),
  'slot.rewarded': ofSlot(slots.rewarded),
  'video.skippable': ofSlot(slots.skippable),
}

const seconds = (written: string): number => (duration_ms(written) ?? Number.NaN) / 1000

function within(value: number | null, bounds: Tree, read: (written: string) => number): boolean {
  if (value === null) return false
  const [min, max] = [text(bounds['min']), text(bounds['max'])]
  return (min === null || value >= read(min)) && (max === null || value <= read(max))
}

const isOneOf = (held: readonly string[], written: unknown, normal: (word: string) => string): boolean =>
  has(written) ? !isOneOf(held, tree(written)['not'], normal) : texts(written).some(word => held.includes(normal(word)))

const compare = (a: readonly number[], b: readonly number[]): number => {
  const at = a.findIndex((part, i) => part !== b[i])
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0)
}
const COMPARISONS: Readonly<Record<string, (order: number) => boolean>> = {
  '>=': order => order >= 0,
  '<=': order => order <= 0,
  '>': order => order > 0,
  '<': order => order < 0,
  '=': order => order === 0,
}

/** `>=15 <18`: every part must hold; `*` holds for an unknown version too. */
function inVersions(version: string | null, range: string): boolean {
  if (range === '*') return true
  const parts = version === null ? null : device.versionParts(version)
  if (parts === null) return false
  return range.split(' ').every(bound => {
    const [, sign = '', wanted = ''] = /^([<>=]+)(.+)$/.exec(bound) ?? []
    const limit = device.versionParts(wanted)
    return limit !== null && (COMPARISONS[sign]?.(compare(parts, limit)) ?? false)
  })
}

function isVersioned(found: readonly device.Versioned[], written: unknown): boolean {
  const families = found.map(({ family }) => family)
  if (!has(written) || 'not' in tree(written)) return isOneOf(families, written, same)
  const ranges = tree(written)
  return found.some(
    ({ family, version }) => Object.hasOwn(ranges, family) && inVersions(version, text(ranges[family]) ?? '*'),
  )
}

function isNear(scene: Scene, written: Tree): boolean {
  const at = geo.point(scene.ask)
  if (at === null) return false
  const centre = [number(written['lat']) ?? 0, number(written['lon']) ?? 0] as const
  return geo.distance_km(at, centre) <= (number(written['km']) ?? 0)
}

function isNow(scene: Scene, written: unknown): boolean {
  const zone = text(tree(written)['zone'])
  const minute = zone === null ? userMinute(scene.ask) : wallClock(scene.ask.now_ms, zone).minuteOfWeek
  return texts(has(written) ? tree(written)['hours'] : written).some(hours => inHours(minute, hours))
}

const MEDIA_RATINGS: Readonly<Record<string, readonly number[]>> = RATINGS
const strongest = (word: string) => Math.max(...(MEDIA_RATINGS[word] ?? []))

function isAudience(scene: Scene, how: string, written: unknown): boolean {
  const held = people.segment(scene.ask)
  const wanted = texts(written)
  if (how === 'all') return wanted.every(audience => held.includes(audience))
  return wanted.some(audience => held.includes(audience)) === (how === 'any')
}

/** Leaves with shapes of their own, by path. */
const OTHERS: Readonly<Record<string, (scene: Scene, written: unknown) => boolean>> = {
  'geo.near': (scene, written) => isNear(scene, tree(written)),
  'device.os': (scene, written) => isVersioned(device.os(scene.ask), written),
  'device.browser': (scene, written) => isVersioned(device.browser(scene.ask), written),
  // a rating of 0 or below is none of the spec's
  'content.rating': ({ ask }, written) =>
    within(inventory.content_rating(ask), { min: 1, max: strongest(text(tree(written)['max']) ?? '') }, Number),
  'audience.any': (scene, written) => isAudience(scene, 'any', written),
  'audience.all': (scene, written) => isAudience(scene, 'all', written),
  'audience.none': (scene, written) => isAudience(scene, 'none', written),
  'video.duration': ({ ask, slot }, written) => within(slots.duration(ask, slot), tree(written), seconds),
  'video.player.min_w': ({ ask, slot }, written) => within(slots.player_w(ask, slot), { min: written }, Number),
  'video.player.max_w': ({ ask, slot }, written) => within(slots.player_w(ask, slot), { max: written }, Number),
  'video.player.min_h': ({ ask, slot }, written) => within(slots.player_h(ask, slot), { min: written }, Number),
  'video.player.max_h': ({ ask, slot }, written) => within(slots.player_h(ask, slot), { max: written }, Number),
  'user.age': ({ ask }, written) => within(people.age(ask), tree(written), Number),
  daypart: isNow,
  rule: ({ ask }, written) => ask.rules.has(text(written) ?? ''),
}
const GROUPS = new Set(['geo', 'device', 'inventory', 'content', 'audience', 'slot', 'video', 'video.player', 'user'])

function isLeaf(scene: Scene, path: string, written: unknown): boolean {
  const oneOf = ONE_OF[path]
  if (oneOf) return isOneOf(oneOf[0](scene), written, oneOf[1])
  const flag = FLAGS[path]
  if (flag) return flag(scene).includes(text(written) ?? '')
  const other = OTHERS[path]
  if (!other) throw new RangeError(`where: ${path} is no leaf that the oracle knows`)
  return other(scene, written)
}

const isGroup = (scene: Scene, path: string, written: Tree): boolean =>
  Object.entries(written).every(([key, value]) => {
    const inner = `${path}.${key}`
    return GROUPS.has(inner) ? isGroup(scene, inner, tree(value)) : isLeaf(scene, inner, value)
  })

/** Whether a `where:` is true: all its keys are. `{}` is true. */
export function holds(scene: Scene, where: Tree): boolean {
  return Object.entries(where).every(([key, value]) => {
    if (key === 'all') return list(value).every(child => holds(scene, tree(child)))
    if (key === 'any') return list(value).some(child => holds(scene, tree(child)))
    if (key === 'not') return !holds(scene, tree(value))
    return GROUPS.has(key) ? isGroup(scene, key, tree(value)) : isLeaf(scene, key, value)
  })
}

/** Paths of the leaves that this file evaluates; a test holds them against the schema's list. */
export const LEAF_PATHS: readonly string[] = [...Object.keys(ONE_OF), ...Object.keys(FLAGS), ...Object.keys(OTHERS)]
