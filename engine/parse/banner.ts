import type { BannerSlot } from '../auction.ts'
import { bits, type Json, list, NO_LIST, object, positive, texts, within } from './json.ts'

const MAX_SIZES = 64
const MAX_MIMES = 64

/** `blocked`: attributes that the imp blocks outside of its banner. */
export function parseBanner(banner: Json, blocked: number): BannerSlot {
  const listed = readFormats(banner['format'])
  const w = positive(banner['w'])
  const h = positive(banner['h'])
  const own = w > 0 && h > 0 ? { w, h } : null
  const alone = own !== null && listed.sizes.length === 0 && listed.flex.length === 0
  return {
    format: 'banner',
    sizes: alone ? [own] : listed.sizes,
    wh: own === null || alone || listed.sizes.some(size => size.w === w && size.h === h) ? null : own,
    flex: listed.flex,
    position: within(banner['pos'], 1, 7),
    battr: blocked | bits(banner['battr']),
    apis: bits(banner['api']),
    mimes: texts(banner['mimes'], MAX_MIMES),
    btype: bits(banner['btype']),
  }
}

type Formats = Pick<BannerSlot, 'sizes' | 'flex'>
const NO_FORMATS: Formats = Object.freeze({ sizes: NO_LIST, flex: NO_LIST })

/** Each format is a size or a ratio (§3.2.10); one that is neither (0x0, blanks) is left out. */
function readFormats(value: unknown): Formats {
  const written = list(value)
  if (written.length === 0) return NO_FORMATS
  const sizes: BannerSlot['sizes'] = []
  const flex: BannerSlot['flex'] = []
  for (let at = 0; at < written.length && at < MAX_SIZES; at++) {
    const format = object(written[at])
    const w = positive(format['w'])
    const h = positive(format['h'])
    if (w > 0 && h > 0) sizes.push({ w, h })
    else addRatio(flex, format)
  }
  return { sizes, flex: flex.length === 0 ? NO_LIST : flex }
}

function addRatio(flex: BannerSlot['flex'], format: Json): void {
  const wratio = positive(format['wratio'])
  const hratio = positive(format['hratio'])
  if (wratio > 0 && hratio > 0) flex.push({ wratio, hratio, wmin: positive(format['wmin']) })
}
