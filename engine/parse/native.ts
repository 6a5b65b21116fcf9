import type { NativeAsset, NativeSlot } from '../auction.ts'
import { bits, flag, integers, isObject, type Json, list, object, positive, text, texts, within } from './json.ts'

const MAX_ASSETS = 64
const MAX_MIMES = 64
const MAX_METHODS = 16
const MAX_REQUEST_CHARS = 65_536
const IMPRESSION_EVENT = 1

/**
 * The native slot, or null when it cannot be answered: the request is not there or no JSON object, no asset can be
 * read, or one that is required cannot. `blocked`: attributes that the imp blocks outside of its native object.
 */
export function parseNative(native: Json, blocked: number): NativeSlot | null {
  const root = nativeRoot(native)
  if (root === null) return null
  const wrapped = isObject(root['native'])
  const request = wrapped ? object(root['native']) : root
  const assets = parseAssets(request['assets'])
  if (assets === null) return null
  return {
    format: 'native',
    wrapped,
    version: text(request['ver']) || text(native['ver']),
    assets,
    battr: blocked | bits(native['battr']),
    apis: bits(native['api']),
    impression_methods: impressionMethods(request['eventtrackers']),
  }
}

/** `request` is JSON in a string (Native 1.2 §4); the object itself occurs, and its fields right in `imp.native`. */
function nativeRoot(native: Json): Json | null {
  const request = native['request']
  if (isObject(request)) return request
  if (typeof request === 'string') return readJson(request)
  return Array.isArray(native['assets']) ? native : null
}

/** Part of the request's own edge: whether a string is JSON shows only when it is parsed. */
function readJson(written: string): Json | null {
  if (written.length > MAX_REQUEST_CHARS || !written.includes('{')) return null
  try {
    const root: unknown = JSON.parse(written)
    return isObject(root) ? root : null
  } catch {
    return null
  }
}

function parseAssets(value: unknown): NativeAsset[] | null {
  const assets: NativeAsset[] = []
  const written = list(value)
  if (written.length > MAX_ASSETS) return null
  for (const entry of written) {
    const asset = isObject(entry) ? parseAsset(entry) : null
    const isRepeated = asset !== null && assets.some(other => other.id === asset.id)
    if (asset !== null && !isRepeated) assets.push(asset)
    else if (flag(object(entry)['required'])) return null
  }
  return assets.length === 0 ? null : assets
}

/** One of title, img, video and data under an id that the answer echoes; null when it is none. */
function parseAsset(asset: Json): NativeAsset | null {
  const id = within(asset['id'], 0, Number.MAX_SAFE_INTEGER)
  const kind = kindOf(asset)
  if (id === null || kind === null) return null
  const body = object(asset[FIELDS[kind]])
  return {
    id,
    required: flag(asset['required']),
    kind,
    length: positive(body['len']),
    type: positive(body['type']),
    w: positive(body['w']),
    h: positive(body['h']),
    wmin: positive(body['wmin']),
    hmin: positive(body['hmin']),
    mimes: texts(body['mimes'], MAX_MIMES),
  }
}

const FIELDS = { title: 'title', image: 'img', video: 'video', data: 'data' } as const

function kindOf(asset: Json): NativeAsset['kind'] | null {
  if (isObject(asset['title'])) return 'title'
  if (isObject(asset['img'])) return 'image'
  if (isObject(asset['video'])) return 'video'
  return isObject(asset['data']) ? 'data' : null
}

function impressionMethods(value: unknown): number[] {
  const methods: number[] = []
  for (const entry of list(value)) {
    const tracker = object(entry)
    if (within(tracker['event'], IMPRESSION_EVENT, IMPRESSION_EVENT) === null) continue
    for (const method of integers(tracker['methods'], MAX_METHODS)) {
      if (methods.length < MAX_METHODS && !methods.includes(method)) methods.push(method)
    }
  }
  return methods
}
