/** OpenRTB Native 1.2: which assets are asked for, and whether a creative can fill those that are required. */
import { has, list, number, type Tree, text, tree } from './lenient.ts'

/** The assets of `native.request`: JSON text, or the object itself; since 1.1 unwrapped, before `{"native": …}`. */
export function assetsOf(media: Tree): Tree[] | null {
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
  const role = IMAGE_ROLES[number(wanted['type']) ?? 3]
  const image = tree(tree(creative['images'])[role ?? ''])
  const [w, h] = [number(image['w']), number(image['h'])]
  if (w === null || h === null) return false
  return w >= (number(wanted['wmin']) ?? 0) && h >= (number(wanted['hmin']) ?? 0)
}

function titleFits(wanted: Tree, creative: Tree): boolean {
  const title = text(creative['title'])
  return title !== null && title.length <= (number(wanted['len']) ?? Number.POSITIVE_INFINITY)
}

function dataFits(wanted: Tree, creative: Tree): boolean {
  const field = DATA_FIELDS[number(wanted['type']) ?? 0]
  // the brand, which every advertiser has, stands in for "sponsored by"
  return field === 'sponsored' || (field !== undefined && text(creative[field]) !== null)
}

function assetFits(asset: Tree, creative: Tree): boolean {
  if (has(asset['title'])) return titleFits(tree(asset['title']), creative)
  if (has(asset['img'])) return imageFits(tree(asset['img']), creative)
  if (has(asset['data'])) return dataFits(tree(asset['data']), creative)
  return false // video, and kinds that we do not know
}

/** Whether every required asset of the slot can be filled from `format.native` of a creative. */
export function assetsFit(media: Tree, creative: Tree): boolean {
  const assets = assetsOf(media)
  return assets?.filter(asset => number(asset['required']) === 1).every(asset => assetFits(asset, creative)) ?? false
}
