/** OpenRTB Native 1.2: which assets are asked for, and whether a creative can fill those that are required. */
import { has, list, number, type Tree, text, tree } from './lenient.ts'

/** The assets of `native.request`: JSON text, or the object itself; since 1.1 unwrapped, before `{"native": …}`. */
function assetsOf(media: Tree): Tree[] | null {
  const { request } = media
  let root: unknown = request
  if (typeof request === 'string') {
    try {
      root = JSON.parse(request)
    } catch {
      return null // the seller's text is no JSON: nothing is known of the slot
    }
  }
  const unwrapped = has(tree(root)['native']) ? tree(tree(root)['native']) : tree(root)
  const assets = list(unwrapped['assets']).filter(has).map(tree)
  return assets.length === 0 ? null : assets
}

const IMAGE_ROLES: Readonly<Record<number, string>> = { 1: 'icon', 2: 'logo', 3: 'main' }
const DATA_FIELDS: Readonly<Record<number, string>> = {
  1: 'sponsored',
  2: 'body',
  3: 'rating',
  6: 'price',
  10: 'body_long',
  11: 'display_url',
  12: 'cta',
}

function imageFits(wanted: Tree, creative: Tree): boolean {
  const type = number(wanted['type']) ?? 0
  const images = tree(creative['images'])
  const roles = type > 0 ? [IMAGE_ROLES[type] ?? ''] : Object.keys(images)
  return roles
    .map(role => tree(images[role]))
    .some(
      image => sideFits(image['w'], wanted['w'], wanted['wmin']) && sideFits(image['h'], wanted['h'], wanted['hmin']),
    )
}

/** Exactly the length asked for (0: none is), and at least the least. */
function sideFits(own: unknown, exact: unknown, least: unknown): boolean {
  const length = number(own)
  const wanted = number(exact) ?? 0
  return length !== null && (wanted <= 0 || length === wanted) && length >= (number(least) ?? 0)
}

/** Most characters; 0, which no text could keep, is taken for none said. */
const isWithin = (words: string, len: unknown) => words.length <= (number(len) || Number.POSITIVE_INFINITY)

function titleFits(wanted: Tree, creative: Tree): boolean {
  const title = text(creative['title'])
  return title !== null && isWithin(title, wanted['len'])
}

function dataFits(wanted: Tree, creative: Tree, brand: string): boolean {
  const field = DATA_FIELDS[number(wanted['type']) ?? 0] ?? ''
  // the brand, which every advertiser has, stands in for "sponsored by"
  const words = text(creative[field]) ?? (field === 'sponsored' ? brand : null)
  return words !== null && isWithin(words, wanted['len'])
}

function assetFits(asset: Tree, creative: Tree, brand: string): boolean {
  if (!isReadable(asset)) return false
  if (has(asset['title'])) return titleFits(tree(asset['title']), creative)
  if (has(asset['img'])) return imageFits(tree(asset['img']), creative)
  if (has(asset['data'])) return dataFits(tree(asset['data']), creative, brand)
  return false // video, and kinds that we do not know
}

const KINDS = ['title', 'img', 'data', 'video']
/** An answer goes by the asset's id. */
const isReadable = (asset: Tree) => number(asset['id']) !== null && KINDS.some(kind => has(asset[kind]))

/** Whether the slot has an asset that can be read, and every required one can be filled from `format.native` of a creative. */
export function assetsFit(media: Tree, creative: Tree, brand: string): boolean {
  const assets = assetsOf(media)
  if (!assets?.some(isReadable)) return false
  const required = assets.filter(asset => number(asset['required']) === 1)
  return required.every(asset => assetFits(asset, creative, brand))
}
