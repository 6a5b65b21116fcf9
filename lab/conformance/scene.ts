/** What a bid is held against: the request as it came, the exchange's YAML, the rates. */
import type { Facts } from '@flightplan/contract/facts.ts'
import { first, has, list, number, numbers, type Tree, text, texts, tree } from '../oracle/lenient.ts'

export interface Asked {
  /** The parsed body; undefined when it was no JSON. */
  request: unknown
  /** The exchange's YAML. */
  exchange: Tree
  facts: Facts
  now_ms: number
  /** Categories (`<cattax>:<id>`) of our creatives by id: what `bcat` is held against beside the bid's own `cat`. */
  categories: ReadonlyMap<string, readonly string[]>
}

/** One bid with the imp that it names and the media type that its `mtype` names. */
export interface Scene {
  asked: Asked
  request: Tree
  /** Currency of the answer. */
  currency: string
  seat: string
  bid: Tree
  imp: Tree
  format: Format
  /** `imp.banner` and so on. */
  media: Tree
}
export type Check = (scene: Scene) => string | null

/** AdCOM markup types. */
export const MTYPES = { 1: 'banner', 2: 'video', 3: 'audio', 4: 'native' } as const
export type Format = (typeof MTYPES)[keyof typeof MTYPES]
export const isTimed = ({ format }: Scene): boolean => format === 'video' || format === 'audio'

export const quirk = ({ exchange }: Asked, name: string): boolean => texts(exchange['quirks']).includes(name)

export interface Size {
  w: number
  h: number
}
const sizeOf = (value: Tree): Size => ({
  w: Math.trunc(number(value['w']) ?? 0),
  h: Math.trunc(number(value['h']) ?? 0),
})
const isSize = ({ w, h }: Size): boolean => w > 0 && h > 0

/** Sizes that a banner may have: `format[]`, else `w`×`h`; the exchange's quirks add to them. */
export function bannerSizes({ asked, request, media }: Scene): Size[] {
  const formats = list(media['format']).map(tree)
  const sizes = formats.map(sizeOf).filter(isSize)
  const own = sizeOf(media)
  const none = sizes.length === 0 && !formats.some(format => has(format) && number(format['wratio']) !== null)
  if (isSize(own)) return none || quirk(asked, 'banner_wh_is_a_format') ? [...sizes, own] : sizes
  return none && quirk(asked, 'unsized_banner_uses_device') ? [sizeOf(tree(request['device']))] : sizes
}

/** Flex ads (2.6 §3.2.10): a ratio and a least width. */
export const fitsRatio = ({ media }: Scene, { w, h }: Size): boolean =>
  list(media['format'])
    .map(tree)
    .some(format => {
      const [wide, high] = [number(format['wratio']) ?? 0, number(format['hratio']) ?? 0]
      return wide > 0 && high > 0 && w * high === h * wide && w >= (number(format['wmin']) ?? 0)
    })

/** `battr` of the media, and of the imp where the exchange puts it there. */
export const blockedAttributes = ({ asked, imp, media }: Scene): number[] => [
  ...numbers(media['battr']),
  ...(quirk(asked, 'battr_in_imp') ? numbers(imp['battr']) : []),
]

/** The deal that the bid names, as the imp offers it. */
export function dealOf({ bid, imp }: Scene): Tree | undefined {
  const named = text(bid['dealid'])
  if (named === null) return undefined
  return list(tree(imp['pmp'])['deals'])
    .map(tree)
    .find(({ id }) => text(id) === named)
}

/** regs.dsa.dsarequired (2.5: regs.ext.dsa). */
export function dsaRequired(request: Tree): number {
  const regs = tree(request['regs'])
  return number(tree(first(regs['dsa'], tree(regs['ext'])['dsa']))['dsarequired']) ?? 0
}
