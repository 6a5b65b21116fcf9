import { PLCMTS, POSITIONS, PROTOCOLS } from '@flightplan/contract/schema/values.ts'
import type { BannerSlot } from '../auction.ts'
import { addPiece, addTerm, addWords, type Reader, type Reading, type SlotReading, wordsByCode } from './reader.ts'

const POSITION_WORDS = wordsByCode(POSITIONS)
const PLCMT_WORDS = wordsByCode(PLCMTS)
const PROTOCOL_WORDS = wordsByCode(PROTOCOLS)

/** Sizes that a banner of ours may have in this slot, the exchange's quirk and flex ads included. */
export function bannerSizes(
  { snapshot, exchange, auction }: Pick<Reading, 'snapshot' | 'exchange' | 'auction'>,
  slot: BannerSlot,
): { w: number; h: number }[] {
  const quirks = snapshot.exchangeByName.get(exchange)?.quirks
  const { w, h } = auction.device
  if (slot.sizes.length === 0 && slot.wh === null && slot.flex.length === 0)
    return quirks?.has('unsized_banner_uses_device') && w > 0 && h > 0 ? [{ w, h }] : []
  return slot.wh && quirks?.has('banner_wh_is_a_format') ? [...slot.sizes, slot.wh] : slot.sizes
}

/** Flex (2.6 §3.2.10): same ratio, at least wmin wide. */
export const fitsFlex = (slot: BannerSlot, w: number, h: number): boolean =>
  slot.flex.some(flex => w * flex.hratio === h * flex.wratio && w >= flex.wmin)

/** The shapes of flex slots are those of our own creatives that have the ratio: `creativeSizes` of the snapshot. */
const shape: Reader<SlotReading> = (reading, attribute, _parameter, out) => {
  const { slot, snapshot } = reading
  if (slot.format !== 'banner') return addTerm(reading, attribute, slot.format, out)
  for (const { w, h } of bannerSizes(reading, slot)) addTerm(reading, attribute, `banner:${w}x${h}`, out)
  if (slot.flex.length > 0)
    for (const { w, h } of snapshot.bannerShapes)
      if (fitsFlex(slot, w, h)) addTerm(reading, attribute, `banner:${w}x${h}`, out)
}

const flag =
  (value: (reading: SlotReading) => boolean | null): Reader<SlotReading> =>
  (reading, attribute, _parameter, out) => {
    const known = value(reading)
    if (known !== null) addTerm(reading, attribute, String(known), out)
  }

const START_PRE = 0
const START_MID = -1
const START_POST = -2

/** 2.6 `startdelay`: 0 pre, -1 generic mid, > 0 mid at that second, -2 post. */
function startWord(delay: number | null): string {
  if (delay === START_PRE) return 'pre'
  if (delay === START_POST) return 'post'
  return delay !== null && (delay > 0 || delay === START_MID) ? 'mid' : ''
}

export const SLOT_READERS = {
  shape,
  deal: (reading, attribute, _parameter, out) => {
    for (const deal of reading.imp.deals) addTerm(reading, attribute, `${reading.exchange}/${deal.id}`, out)
  },
  format: (reading, attribute, _parameter, out) => addTerm(reading, attribute, reading.slot.format, out),
  size: (reading, attribute, _parameter, out) => {
    if (reading.slot.format !== 'banner') return
    for (const { w, h } of bannerSizes(reading, reading.slot)) addTerm(reading, attribute, `${w}x${h}`, out)
  },
  position: (reading, attribute, _parameter, out) => {
    const { slot } = reading
    if (slot.format === 'banner' || slot.format === 'video')
      addWords(POSITION_WORDS, slot.position, reading, attribute, out)
  },
  interstitial: flag(({ imp }) => imp.interstitial),
  rewarded: flag(({ imp, slot }) => imp.rewarded || (slot.format === 'video' && slot.rewarded)),
  plcmt: (reading, attribute, _parameter, out) => {
    if (reading.slot.format === 'video') addWords(PLCMT_WORDS, reading.slot.plcmt, reading, attribute, out)
  },
  skippable: flag(({ slot }) => (slot.format === 'video' ? slot.skippable : null)),
  duration: (reading, attribute, _parameter, out) => {
    const { slot } = reading
    if (slot.format !== 'video' && slot.format !== 'audio') return
    const exact = slot.exact_durations_s
    // Exact durations exclude maxduration (2.6 §3.2.7), which is unlimited where it is absent.
    addPiece(reading, attribute, exact.length > 0 ? Math.max(...exact) : slot.max_duration_s, out)
  },
  player_w: (reading, attribute, _parameter, out) => {
    if (reading.slot.format === 'video' && reading.slot.w > 0) addPiece(reading, attribute, reading.slot.w, out)
  },
  player_h: (reading, attribute, _parameter, out) => {
    if (reading.slot.format === 'video' && reading.slot.h > 0) addPiece(reading, attribute, reading.slot.h, out)
  },
  protocol: (reading, attribute, _parameter, out) => {
    const { slot } = reading
    if (slot.format !== 'video' && slot.format !== 'audio') return
    for (let code = 1; code <= 16; code++)
      if (slot.protocols & (1 << code)) addWords(PROTOCOL_WORDS, code, reading, attribute, out)
  },
  start: (reading, attribute, _parameter, out) => {
    const { slot } = reading
    if (slot.format === 'video' || slot.format === 'audio')
      addTerm(reading, attribute, startWord(slot.start_delay), out)
  },
} satisfies Record<string, Reader<SlotReading>>
