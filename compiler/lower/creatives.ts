/** Creatives → rows of the snapshot, one per creative and, where it has dates, per zone of its campaigns. */
import type { Row } from '@flightplan/contract/columns.ts'
import type { AudioCreative, Creative, VideoCreative } from '@flightplan/contract/schema/creative.ts'
import { APIS, CREATIVE_ATTRIBUTES, PROTOCOLS } from '@flightplan/contract/schema/values.ts'
import { FORMATS, NONE, type TABLES } from '@flightplan/contract/snapshot.ts'
import { duration_ms } from '@flightplan/engine/exchange.ts'
import { endOfMinute_ms, startOfMinute_ms } from '../resolve/local-time.ts'
import { type CreativeNode, type Place, under } from '../resolve/world.ts'
import { categoryTerm } from './leaves.ts'
import { bannerMarkup } from './markup/banner.ts'
import { nativeAssets } from './markup/native.ts'
import { DEFAULT_VAST, vastMarkup } from './markup/vast.ts'
import type { ListPool, StringPool, Words } from './pools.ts'
import { writeTemplate } from './template.ts'

export interface CreativeSink {
  strings: StringPool
  string_lists: ListPool
  templates: Words
  /** Index in meta.advertisers. */
  advertiserIndex(id: string): number
}

type CreativeRow = Row<typeof TABLES.creative>

export class CreativeTable {
  readonly rows: CreativeRow[] = []
  readonly places: Place[] = []
  readonly #known = new Map<string, number>()
  readonly #sink: CreativeSink

  constructor(sink: CreativeSink) {
    this.#sink = sink
  }

  /** Row of a creative as a campaign in `zone` uses it. */
  index(creative: CreativeNode, zone: string): number {
    const key = creative.file.value.active ? `${creative.id} ${zone}` : creative.id
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const index = this.rows.push(creativeRow(creative, zone, this.#sink)) - 1
    this.places.push(under({ file: creative.file.file, path: [] }, 'creative'))
    this.#known.set(key, index)
    return index
  }
}

function creativeRow(node: CreativeNode, zone: string, sink: CreativeSink): CreativeRow {
  const { strings, string_lists, templates } = sink
  const creative = node.file.value
  const advertiser = node.advertiser.value
  const media = creative.format.video ?? creative.format.audio
  const [w, h] = sizeOf(creative)
  const list = (texts: readonly string[]) => string_lists.at(texts.map(text => strings.id(text)))
  const mimes = media ? mimesOf(media) : []
  const languages = creative.declares?.languages ?? advertiser.languages ?? []
  const categories = categoriesOf(node)
  const pending = creative.audit?.bid_while_pending ?? []
  const native = nativeAssets(node)
  return {
    id_str: strings.id(node.id),
    advertiser: sink.advertiserIndex(node.advertiser.id),
    format: FORMATS.findIndex(format => creative.format[format] !== undefined),
    w,
    h,
    duration_s: media ? Math.floor(duration_ms(media.duration) / 1000) : 0,
    attributes: attributeBits(creative),
    protocols: media ? protocolBit(media) : 0,
    apis: bitsOf(APIS, (creative.format.banner ?? media)?.api ?? []),
    mimes_at: list(mimes),
    mimes_n: mimes.length,
    languages_at: list(languages),
    languages_n: languages.length,
    categories_at: list(categories),
    categories_n: categories.length,
    secure: isSecure(node) ? 1 : 0,
    active_from_ms: creative.active?.from ? startOfMinute_ms(creative.active.from, zone) : Number.NEGATIVE_INFINITY,
    active_to_ms: creative.active?.to ? endOfMinute_ms(creative.active.to, zone) : Number.POSITIVE_INFINITY,
    pending_at: list(pending),
    pending_n: pending.length,
    template: native ? NONE : writeTemplate(media ? vastMarkup(node) : bannerMarkup(node), strings, templates),
    native_str: native ? strings.id(JSON.stringify(native)) : NONE,
    landing_str: strings.id(creative.landing_page),
    bundle_str: advertiser.bundle === undefined ? NONE : strings.id(advertiser.bundle),
  }
}

/** What the creative declares, else the advertiser's (docs/bid-rules.md "Fit" 5), each once. */
export const categoriesOf = ({ file, advertiser }: CreativeNode): string[] => [
  ...new Set((file.value.declares?.categories ?? advertiser.value.categories).map(categoryTerm)),
]

function sizeOf({ format }: Creative): [number, number] {
  const first = format.video?.media?.[0]
  if (first) return [first.w, first.h]
  const [w = 0, h = 0] = (format.banner?.size ?? format.video?.size ?? '').split('x').map(Number)
  return [w, h]
}

const mimesOf = (media: VideoCreative | AudioCreative): string[] =>
  media.media ? [...new Set(media.media.map(file => file.mime))] : (media.mimes ?? [])

/** AdCOM has a number for each VAST version, and one more for its wrappers. `2.0` is `vast_2`, `4.1` is `vast_4_1`. */
function protocolBit(media: VideoCreative | AudioCreative): number {
  const version = (media.vast ?? DEFAULT_VAST).replace(/\.0$/, '').replace('.', '_')
  const word = `vast_${version}${media.media ? '' : '_wrapper'}`
  const codes: Readonly<Record<string, readonly number[]>> = PROTOCOLS
  return bitsOf(codes, [word])
}

function attributeBits(creative: Creative): number {
  const declared = bitsOf(CREATIVE_ATTRIBUTES, creative.declares?.attributes ?? [])
  return creative.format.video?.skippable ? declared | bitsOf(CREATIVE_ATTRIBUTES, ['skippable']) : declared
}

function bitsOf(codes: Readonly<Record<string, readonly number[]>>, words: readonly string[]): number {
  let bits = 0
  for (const word of words) for (const code of codes[word] ?? []) bits |= 1 << code
  return bits >>> 0
}

/** URLs of the YAML are https by its schema; markup may say anything. */
export const INSECURE_URL = /\bhttp:\/\//i
const isSecure = ({ markup }: CreativeNode): boolean => markup === null || !INSECURE_URL.test(markup)
