import { PLCMTS, POSITIONS, PROTOCOLS } from '@flightplan/contract/schema/values.ts'
import type { Ask, Slot } from '../ask.ts'
import { first, has, list, number, numbers, type Tree, text, tree } from '../lenient.ts'
import { wordsFor } from './device.ts'

export interface OfferedSize {
  w: number
  h: number
}
export interface OfferedRatio {
  wratio: number
  hratio: number
  wmin: number
}

const sizeOf = (value: Tree): OfferedSize[] => {
  const w = number(value['w'])
  const h = number(value['h'])
  return w !== null && h !== null && w > 0 && h > 0 ? [{ w, h }] : []
}

/** Sizes of a banner: those of `format[]`; else `w`×`h`; both where the exchange has the pre-2.4 habit. */
export function sizes(ask: Ask, { format, media }: Slot): OfferedSize[] {
  if (format !== 'banner') return []
  const quirks = ask.world.exchanges.get(ask.exchange)?.quirks ?? new Set()
  const formats = list(media['format']).filter(has).map(tree)
  const both = formats.length === 0 || quirks.has('banner_wh_is_a_format')
  const offered = [...formats.flatMap(sizeOf), ...(both ? sizeOf(media) : [])]
  const unsized = offered.length === 0 && ratios({ format, media }).length === 0
  return unsized && quirks.has('unsized_banner_uses_device') ? sizeOf(tree(ask.request['device'])) : offered
}

/** Flex ads (OpenRTB 2.6 §3.2.10): a ratio and a least width. */
export function ratios({ format, media }: Pick<Slot, 'format' | 'media'>): OfferedRatio[] {
  if (format !== 'banner') return []
  return list(media['format'])
    .map(tree)
    .flatMap(flex => {
      const wratio = number(flex['wratio'])
      const hratio = number(flex['hratio'])
      return wratio === null || hratio === null || wratio <= 0 || hratio <= 0
        ? []
        : [{ wratio, hratio, wmin: number(flex['wmin']) ?? 0 }]
    })
}

export const size = (ask: Ask, slot: Slot) => sizes(ask, slot).map(({ w, h }) => `${w}x${h}`)
export const format = (_: Ask, slot: Slot) => [slot.format as string]
export const position = (_: Ask, slot: Slot) => wordsFor(POSITIONS, number(slot.media['pos']))
export const interstitial = (_: Ask, { imp }: Slot) => [number(imp['instl']) === 1 ? 'true' : 'false']

/** `rwdd`, and the places where it was before 2.6: of the imp, so it holds for all of its slots. */
export function rewarded(_: Ask, { imp }: Slot): string[] {
  const ext = tree(imp['ext'])
  const video = tree(tree(imp['video'])['ext'])
  const flags = [imp['rwdd'], ext['reward'], tree(ext['prebid'])['is_rewarded_inventory'], video['rewarded']]
  const types = [ext['videotype'], video['videotype']]
  const isRewarded = flags.some(flag => number(flag) === 1) || types.some(type => text(type)?.startsWith('rewarded'))
  return [isRewarded ? 'true' : 'false']
}

const timed = ({ format }: Slot) => format === 'video' || format === 'audio'
/** A word that has two forms of one version (`vast_4`, `vast_4_wrapper`) is a value per form. */
export function protocol(_: Ask, slot: Slot): string[] {
  if (!timed(slot)) return []
  const stated = numbers(first(slot.media['protocols'], slot.media['protocol']))
  return stated.flatMap(code => wordsFor(PROTOCOLS, code))
}

/** The older `placement` in the words of `plcmt`: in-stream; in-banner, in-article and in-feed stand alone; over the page. */
const PLCMT_OF_PLACEMENT: Readonly<Record<number, number>> = { 1: 1, 2: 4, 3: 4, 4: 4, 5: 3 }
export function plcmt(_: Ask, slot: Slot): string[] {
  if (slot.format !== 'video') return []
  return wordsFor(
    PLCMTS,
    number(slot.media['plcmt']) ?? PLCMT_OF_PLACEMENT[number(slot.media['placement']) ?? 0] ?? null,
  )
}

export function skippable(_: Ask, slot: Slot): string[] {
  const skip = slot.format === 'video' ? number(slot.media['skip']) : null
  return skip === 0 ? ['false'] : skip === 1 ? ['true'] : []
}

/** A length of nothing says nothing. */
function positive(value: unknown): number | null {
  const read = number(value)
  return read !== null && read > 0 ? read : null
}

export const exactDurations = (media: Tree) => numbers(media['rqddurs']).filter(seconds => seconds > 0)
/** Seconds; null: no limit. `maxextended` come on top of `maxduration`, -1 lifts it. */
export function longest(media: Tree): number | null {
  const most = positive(media['maxduration'])
  const extended = number(media['maxextended']) ?? 0
  return most === null || extended === -1 ? null : most + Math.max(0, extended)
}

/** The longest ad allowed, in seconds: `rqddurs` lists exact lengths and excludes `maxduration`. */
export function duration(_: Ask, slot: Slot): number | null {
  if (!timed(slot)) return null
  const exact = exactDurations(slot.media)
  return exact.length > 0 ? Math.max(...exact) : longest(slot.media)
}

export const player_w = (_: Ask, slot: Slot) => (slot.format === 'video' ? positive(slot.media['w']) : null)
export const player_h = (_: Ask, slot: Slot) => (slot.format === 'video' ? positive(slot.media['h']) : null)

export function start(_: Ask, slot: Slot): string[] {
  const delay = timed(slot) ? number(slot.media['startdelay']) : null
  if (delay === null) return []
  if (delay === 0) return ['pre']
  if (delay > 0 || delay === -1) return ['mid']
  return delay === -2 ? ['post'] : []
}
