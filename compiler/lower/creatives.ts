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
import { type Piece, piecesOf, writeTemplate } from './template.ts'

export interface CreativeSink {
  strings: StringPool
  string_lists: ListPool
  templates: Words
  /** Index in meta.advertisers. */
  advertiserIndex(advertiser: CreativeNode['advertiser']): number
  /** Of creatives that did not change since an earlier run. */
  contents: WeakMap<CreativeNode, Content>
}

/** The ad itself, which depends on nothing but its node: native as JSON, or markup in pieces. */
export interface Content {
  native: string | null
  pieces: readonly Piece[]
  categories: readonly string[]
  secure: boolean
}

type CreativeRow = Row<typeof TABLES.creative>

export class CreativeTable {
  readonly rows: CreativeRow[] = []
  readonly places: Place[] = []
  readonly #known = new Map<CreativeNode, number>()
  readonly #knownInZone = new Map<string, number>()
  readonly #sink: CreativeSink

  constructor(sink: CreativeSink) {
    this.#sink = sink
  }

  /** Row of a creative as a campaign in `zone` uses it. */
  index(creative: CreativeNode, zone: string): number {
    if (!creative.file.value.active)
      return this.#known.get(creative) ?? this.#add(creative, zone, this.#known, creative)
    const key = `${creative.id} ${zone}`
    return this.#knownInZone.get(key) ?? this.#add(creative, zone, this.#knownInZone, key)
  }

  #add<K>(creative: CreativeNode, zone: string, known: Map<K, number>, key: K): number {
    const index = this.rows.push(creativeRow(creative, zone, this.#sink)) - 1
    this.places.push(under({ file: creative.file.file, path: [] }, 'creative'))
    known.set(key, index)
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
  const pending = creative.audit?.bid_while_pending ?? []
  const { native, pieces, categories, secure } = sink.contents.get(node) ?? contentOf(node, sink.contents)
  return {
    id_str: strings.id(node.id),
    advertiser: sink.advertiserIndex(node.advertiser),
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
    secure: secure ? 1 : 0,
    active_from_ms: creative.active?.from ? startOfMinute_ms(creative.active.from, zone) : Number.NEGATIVE_INFINITY,
    active_to_ms: creative.active?.to ? endOfMinute_ms(creative.active.to, zone) : Number.POSITIVE_INFINITY,
    pending_at: list(pending),
    pending_n: pending.length,
    template: native === null ? writeTemplate(pieces, strings, templates) : NONE,
    native_str: native === null ? NONE : strings.id(native),
    landing_str: strings.id(creative.landing_page),
    bundle_str: advertiser.bundle === undefined ? NONE : strings.id(advertiser.bundle),
  }
}

function contentOf(node: CreativeNode, contents: CreativeSink['contents']): Content {
  const { format } = node.file.value
  const native = nativeAssets(node)
  const content = {
    native: native && JSON.stringify(native),
    pieces: native ? [] : piecesOf(format.video || format.audio ? vastMarkup(node) : bannerMarkup(node)),
    categories: categoriesOf(node),
    secure: isSecure(node),
  }
  contents.set(node, content)
  return content
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
