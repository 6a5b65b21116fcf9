/** Whether one creative may be shown in one slot, and if not, why. */
import type { Facts } from '@flightplan/contract/facts.ts'
import type { ReasonName } from '@flightplan/contract/reasons.ts'
import { FORMATS, type NativeCreative, NONE } from '@flightplan/contract/snapshot.ts'
import type { Auction, AudioSlot, BannerSlot, Imp, NativeAsset, NativeSlot, Slot, VideoSlot } from '../auction.ts'
import { languageOf } from '../event/device.ts'
import { fitsFlex } from '../event/slot.ts'
import type { ExchangeRules } from '../exchange.ts'
import type { Snapshot } from '../snapshot.ts'
import { type Blocks, categoryReason } from './blocks.ts'

export interface FitContext {
  snapshot: Snapshot
  facts: Facts
  exchange: ExchangeRules
  auction: Auction
  now_ms: number
  blocks: Blocks
  verdicts: Verdicts
}

/** What this exchange said of our creatives, by creative id; null: nothing yet. */
export type Verdicts = Facts['audits'][string] | null

export const verdictsOf = (facts: Facts, exchange: string): Verdicts =>
  Object.hasOwn(facts.audits, exchange) ? (facts.audits[exchange] ?? null) : null

/** Null: it fits. `sizes`: of the slot when it is a banner, the exchange's quirks applied. */
export function creativeFits(
  context: FitContext,
  imp: Imp,
  slot: Slot,
  sizes: readonly { w: number; h: number }[],
  creative: number,
): ReasonName | null {
  const { creative: table } = context.snapshot
  if (FORMATS[table.format[creative]!] !== slot.format) return 'creative_shape'
  if (slot.format === 'banner' && !fitsSize(slot, sizes, table.w[creative]!, table.h[creative]!))
    return 'creative_shape'
  if (context.now_ms < table.active_from_ms[creative]! || context.now_ms >= table.active_to_ms[creative]!)
    return 'creative_inactive'
  if (table.attributes[creative]! & (slot.battr | imp.battr)) return 'creative_attribute'
  return (
    categoryReason(context.blocks, creative, imp) ??
    mediaReason(context.snapshot, slot, creative) ??
    (imp.secure && table.secure[creative] === 0 ? 'creative_secure' : null) ??
    languageReason(context, creative) ??
    appReason(context, creative) ??
    auditReason(context, creative)
  )
}

const fitsSize = (slot: BannerSlot, sizes: readonly { w: number; h: number }[], w: number, h: number) =>
  sizes.some(size => size.w === w && size.h === h) || (slot.flex.length > 0 && fitsFlex(slot, w, h))

function mediaReason(snapshot: Snapshot, slot: Slot, creative: number): ReasonName | null {
  if (slot.format === 'native') return assetsReason(slot, nativeOf(snapshot, creative))
  const apis = snapshot.creative.apis[creative]!
  if ((apis & slot.apis) !== apis) return 'creative_media'
  return slot.format === 'banner' || playsIn(snapshot, slot, creative) ? null : 'creative_media'
}

/** Video and audio (2.6 §3.2.7, §3.2.8): what is not listed is not restricted, but for API frameworks. */
function playsIn(snapshot: Snapshot, slot: VideoSlot | AudioSlot, creative: number): boolean {
  const { protocols, duration_s } = snapshot.creative
  const seconds = duration_s[creative]!
  const allowed = protocols[creative]!
  if (slot.protocols !== 0 && allowed !== 0 && (slot.protocols & allowed) === 0) return false
  if (slot.exact_durations_s.length > 0) {
    if (!slot.exact_durations_s.includes(seconds)) return false
  } else if (seconds < slot.min_duration_s || seconds > slot.max_duration_s) return false
  return slot.mimes.length === 0 || stringsOf(snapshot, 'mimes', creative).some(mime => slot.mimes.includes(mime))
}

type ListColumn = 'mimes' | 'languages' | 'pending'

export function stringsOf({ creative, string_lists, strings }: Snapshot, list: ListColumn, index: number): string[] {
  const at = creative[`${list}_at`][index]!
  const n = creative[`${list}_n`][index]!
  const out: string[] = []
  for (let i = 0; i < n; i++) out.push(strings.get(string_lists[at + i]!))
  return out
}

function languageReason({ snapshot, auction }: FitContext, creative: number): ReasonName | null {
  if (auction.wlang.length === 0) return null
  const languages = stringsOf(snapshot, 'languages', creative)
  return languages.length === 0 || auction.wlang.some(wanted => languages.includes(languageOf(wanted)))
    ? null
    : 'creative_language'
}

function appReason({ snapshot, auction }: FitContext, creative: number): ReasonName | null {
  const bundle = snapshot.creative.bundle_str[creative]!
  return bundle !== NONE && auction.bapp.includes(snapshot.strings.get(bundle)) ? 'blocked_app' : null
}

function auditReason({ snapshot, verdicts, exchange }: FitContext, creative: number): ReasonName | null {
  if (verdicts === null && exchange.audit !== 'before_bid') return null
  const id = snapshot.strings.get(snapshot.creative.id_str[creative]!)
  const verdict = verdicts !== null && Object.hasOwn(verdicts, id) ? verdicts[id] : 'pending'
  if (verdict === 'rejected') return 'creative_audit'
  if (verdict === 'approved' || exchange.audit !== 'before_bid') return null
  return stringsOf(snapshot, 'pending', creative).includes(exchange.id) ? null : 'creative_audit'
}

/** The native ad of a creative, parsed once per thread and snapshot. */
export function nativeOf(snapshot: Snapshot, creative: number): NativeCreative {
  let native = snapshot.natives.get(creative)
  if (!native) {
    native = JSON.parse(snapshot.strings.get(snapshot.creative.native_str[creative]!)) as NativeCreative // compiler's own
    snapshot.natives.set(creative, native)
  }
  return native
}

const assetsReason = (slot: NativeSlot, native: NativeCreative): ReasonName | null =>
  slot.assets.length > 0 && slot.assets.every(asset => !asset.required || fillsAsset(asset, native))
    ? null
    : 'creative_assets'

/** Whether we have what the asset asks for (Native 1.2 §4.2–4.6). A video asset we never have. */
export function fillsAsset(asset: NativeAsset, native: NativeCreative): boolean {
  if (asset.kind === 'title') return asset.length === 0 || native.title.length <= asset.length
  if (asset.kind === 'image') return imageFor(asset, native) !== undefined
  return asset.kind === 'data' && dataFor(asset, native) !== undefined
}

export const imageFor = (asset: NativeAsset, native: NativeCreative): NativeCreative['images'][number] | undefined =>
  native.images.find(
    image =>
      (asset.type === 0 || image.type === asset.type) &&
      (asset.w === 0 || image.w === asset.w) &&
      (asset.h === 0 || image.h === asset.h) &&
      image.w >= asset.wmin &&
      image.h >= asset.hmin,
  )

export const dataFor = (asset: NativeAsset, native: NativeCreative): NativeCreative['data'][number] | undefined =>
  native.data.find(data => data.type === asset.type && (asset.length === 0 || data.value.length <= asset.length))
