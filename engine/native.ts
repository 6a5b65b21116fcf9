/** Native 1.2 markup, in the request's own wrapping (openrtb.md §8): assets by id, link, trackers. */
import { MACROS, type Macro, type NativeCreative } from '@flightplan/contract/snapshot.ts'
import type { NativeAsset, NativeSlot } from './auction.ts'
import type { Engine } from './decide.ts'
import { dataFor, imageFor, nativeOf } from './fit/creative.ts'
import type { MacroValues } from './respond.ts'
import type { Bid } from './types.ts'

/** Event trackers (1.2 §4.5): event 1 impression, method 1 image. */
const IMPRESSION = 1
const IMAGE = 1

/** JSON text, itself escaped to stand inside a JSON string. */
export function nativeMarkup({ snapshot }: Engine, bid: Bid, value: MacroValues): string {
  const slot = bid.candidate.slot as NativeSlot // a native creative fits native slots only (fit/creative.ts)
  const native = nativeOf(snapshot, bid.creative)
  const trackers = [value('BILLING_URL'), ...native.impression_trackers.map(url => fill(url, value))]
  const modern = slot.impression_methods.includes(IMAGE)
  const body = {
    ver: slot.version.startsWith('1.2') || slot.version === '' ? '1.2' : slot.version,
    assets: slot.assets.flatMap(asset => answer(asset, native)),
    link: { url: value('CLICK_URL'), clicktrackers: native.click_trackers.map(url => fill(url, value)) },
    ...(modern
      ? { eventtrackers: trackers.map(url => ({ event: IMPRESSION, method: IMAGE, url })) }
      : { imptrackers: trackers }),
  }
  return JSON.stringify(JSON.stringify(slot.wrapped ? { native: body } : body)).slice(1, -1)
}

/** One of title, img, data per asset; optional assets that we cannot fill are left out. */
function answer(asset: NativeAsset, native: NativeCreative): object[] {
  const required = asset.required ? { required: 1 } : {}
  if (asset.kind === 'title') {
    const fits = asset.length === 0 || native.title.length <= asset.length
    return fits ? [{ id: asset.id, ...required, title: { text: native.title } }] : []
  }
  if (asset.kind === 'image') {
    const image = imageFor(asset, native)
    return image ? [{ id: asset.id, ...required, img: { url: image.url, w: image.w, h: image.h } }] : []
  }
  const data = asset.kind === 'data' ? dataFor(asset, native) : undefined
  return data ? [{ id: asset.id, ...required, data: { value: data.value } }] : []
}

const KNOWN: ReadonlySet<string> = new Set(MACROS)

function fill(url: string, value: MacroValues): string {
  return url.replace(/\$\{([A-Z_]+)\}/g, (whole, name: string) => (KNOWN.has(name) ? value(name as Macro) : whole)) // KNOWN
}
