/**
 * What the engine reads: the layout of a snapshot. The compiler writes it (`compiler/lower/`), the engine opens it
 * (`engine/snapshot.ts`); both sides take names and types from here.
 *
 * Line items are sorted by (tier, upper bound of value in planning currency descending, id), and conjunctions by their
 * line item: the bits of the index come out best first, so the engine stops at the cut.
 */
import type { Exchange } from './schema/exchange.ts'

export const SNAPSHOT_FORMAT = 1
/** "None" in every u32 column that points somewhere. */
export const NONE = 0xffff_ffff
/** "None" in u16 columns. */
export const NONE_16 = 0xffff
/** Words (of 32 conjunctions) that the matcher takes at a time. */
export const BLOCK_WORDS = 32
/** A line item with more conjunctions than this keeps the rest as a residual program. */
export const MAX_CONJUNCTIONS = 64
/** Candidates of one imp that go on from select to decide. */
export const MAX_CANDIDATES = 64

/**
 * How exact the index is about a line item. EXACT: as it says. WIDE: the index lets too many through, the program is run
 * before a line item counts as a candidate. LATE: it asks about our own profile store; the program runs after the look-up.
 */
export const RESIDUAL = { EXACT: 0, WIDE: 1, LATE: 2 } as const

export const FORMATS = ['banner', 'video', 'native', 'audio'] as const
export type Format = (typeof FORMATS)[number]
export const BID_KINDS = ['cpm', 'cpc', 'cpa'] as const

/** Columns that end in `_str` are string ids; `_at`/`_n` are a slice of the section that the name says. */
export const TABLES = {
  line_item: {
    /** `campaign/line_item`, as people name it. */
    id_str: 'u32',
    campaign: 'u32',
    tier: 'u8',
    /** Index in BID_KINDS. */
    bid_kind: 'u8',
    /** Order's currency: per impression for cpm, per click for cpc, per conversion for cpa. */
    bid_nano: 'f64',
    /** Order's currency, per impression: no price is ever above it. */
    max_nano: 'f64',
    start_ms: 'f64',
    end_ms: 'f64',
    /** 1: may bid without a deal. */
    open_auction: 'u8',
    /** See {@link RESIDUAL}. */
    residual: 'u8',
    /** Into `programs`; NONE when there is nothing to check. */
    program: 'u32',
    /** Slice of `rotation`. */
    rotation_at: 'u32',
    rotation_n: 'u16',
    /** Slice of `term_lists`: the deal terms that it buys. */
    deals_at: 'u32',
    deals_n: 'u16',
    /** Index in meta.models, or NONE_16. */
    ctr_model: 'u16',
    cvr_model: 'u16',
    /** Order's currency; NaN when there is no such limit. */
    daily_nano: 'f64',
    total_nano: 'f64',
    impressions: 'f64',
  },
  campaign: {
    id_str: 'u32',
    /** Index in meta.orders. */
    order: 'u32',
    /** Index in meta.advertisers. */
    advertiser: 'u32',
    /** Index in meta.zones: the day of the daily budget. */
    zone: 'u16',
    daily_nano: 'f64',
    total_nano: 'f64',
    /** Slice of `segment`. */
    segments_at: 'u32',
    segments_n: 'u16',
  },
  /** Parts of a campaign's flight with an amount of their own; between them only the campaign's limits hold. */
  segment: {
    /** `campaign/segment`, the key of its counter. */
    id_str: 'u32',
    start_ms: 'f64',
    /** Excluded. */
    end_ms: 'f64',
    /** Order's currency. */
    total_nano: 'f64',
  },
  /** Which creatives a line item rotates, with weights. */
  rotation: { creative: 'u32', weight: 'u32' },
  creative: {
    id_str: 'u32',
    advertiser: 'u32',
    /** Index in FORMATS. */
    format: 'u8',
    w: 'u16',
    h: 'u16',
    duration_s: 'u16',
    /** Bit n is set for AdCOM creative attribute n. */
    attributes: 'u32',
    /** Bit n for AdCOM protocol n (video and audio): any one that the slot takes will do. 0: none needed. */
    protocols: 'u32',
    /** Bit n for AdCOM API framework n that the markup needs. */
    apis: 'u32',
    /** Slice of `string_lists`: MIME types of the media files; one that the slot takes will do. */
    mimes_at: 'u32',
    mimes_n: 'u16',
    /** Slice of `string_lists`: ISO 639-1 languages. */
    languages_at: 'u32',
    languages_n: 'u16',
    /** Slice of `string_lists`: `<cattax>:<id>`: what the creative declares, else the advertiser's. */
    categories_at: 'u32',
    categories_n: 'u16',
    /** 1: all URLs of the markup are https. */
    secure: 'u8',
    active_from_ms: 'f64',
    active_to_ms: 'f64',
    /** Slice of `string_lists`: exchanges where it bids while their verdict is pending. */
    pending_at: 'u32',
    pending_n: 'u16',
    /** Into `templates`: the markup, JSON-escaped. NONE for native. */
    template: 'u32',
    /** Native: JSON of {@link NativeCreative}, its URLs with `${MACRO}`s. NONE for others. */
    native_str: 'u32',
    /** Landing page with macros not yet replaced (for the click token), and the app advertised (or NONE). */
    landing_str: 'u32',
    bundle_str: 'u32',
  },
  /** One row per term, grouped by attribute (meta.attributes[i].first_term). */
  term: {
    /** The value; NONE for pieces of an interval. */
    value_str: 'u32',
    /** How `in` is stored: 0 nothing, 1 sparse (sorted ids in `postings`), 2 dense (words in `bitmaps`). */
    in_kind: 'u8',
    in_at: 'u32',
    in_n: 'u32',
    not_kind: 'u8',
    not_at: 'u32',
    not_n: 'u32',
  },
} as const

/** Sections that are no tables. */
export const SECTIONS = {
  /** UTF-8 JSON of {@link SnapshotMeta}. */
  meta: 'u8',
  /** UTF-8 bytes of all strings, one after the other. */
  strings: 'u8',
  /** n + 1 offsets into `strings`. */
  string_at: 'u32',
  /** Open addressing (linear probing, size a power of two ≥ 2n): term + 1, or 0. Hash: {@link termHash}. */
  dictionary: 'u32',
  /** Interval bounds of all attributes: a value x lies in piece #{bounds ≤ x}. */
  bounds: 'f64',
  /** Lists of terms (sorted, each list once), for programs and deals. */
  term_lists: 'u32',
  /** Lists of string ids. */
  string_lists: 'u32',
  /** See {@link PROGRAM}. */
  programs: 'u32',
  /** Templates: [n, piece × n]; a piece is a string id, or MACRO_BIT | index in MACROS. */
  templates: 'u32',
  conjunction_line_item: 'u32',
  /** Sparse postings: sorted conjunction ids. */
  postings: 'u32',
  /** Bitmaps over conjunctions, `words` each, padded to whole blocks. */
  bitmaps: 'u32',
  /** attribute × block: 1 where every conjunction of the block is free of `in` for this attribute. */
  open_blocks: 'u8',
} as const

/**
 * Targeting as the compiler understood it, in prefix order: the reference for the index, the residual check and
 * `explain`. A leaf is true when the request has a term of the attribute that is in the list.
 * `[LEAF, predicate, attribute, list_at, list_n]` · `[RANGE, predicate, attribute, first_term, last_term]` ·
 * `[AND|OR, predicate, n, …children]` · `[NOT, predicate, child]`.
 * Predicate ids index the release's debug map (file:line:col).
 */
export const PROGRAM = { LEAF: 0, RANGE: 1, AND: 2, OR: 3, NOT: 4 } as const

export const MACRO_BIT = 0x8000_0000
/** What a template may name as `${NAME}`; `_ENC` is percent-encoded. Values never need JSON escaping. */
export const MACROS = [
  'CLICK_URL',
  'CLICK_URL_ENC',
  'CACHEBUSTER',
  'EXCHANGE',
  'CAMPAIGN_ID',
  'LINE_ITEM_ID',
  'CREATIVE_ID',
  'AUCTION_ID_ENC',
  'IMP_ID_ENC',
  /** Our billing pixel or VAST impression URL. */
  'BILLING_URL',
  /** The exchange's own price macro, as its YAML names it: the exchange replaces it. */
  'PRICE_MACRO',
  'DEVICE_W',
  'DEVICE_H',
] as const
export type Macro = (typeof MACROS)[number]

/** Assets of a native ad by what OpenRTB Native 1.2 asks for. */
export interface NativeCreative {
  version: string
  title: string
  /** By AdCOM image asset type: 1 icon, 2 logo, 3 main. */
  images: { type: number; url: string; w: number; h: number }[]
  /** By AdCOM data asset type: 1 sponsored, 2 desc, 3 rating, 6 price, 10 desc2, 11 display URL, 12 call to action. */
  data: { type: number; value: string }[]
  impression_trackers: string[]
  click_trackers: string[]
}

export interface AttributeMeta {
  /** `country`, `daypart:Europe/Berlin`. Order = order of evaluation, most selective first. */
  name: string
  first_term: number
  terms: number
  /** Intervals: slice of `bounds`. */
  bounds_at: number
  bounds_n: number
  /** Bitmap of the conjunctions that this attribute's `in` leaves free, as word offset into `bitmaps`; -1: all are. */
  base_at: number
  /** Some conjunction excludes values of it. */
  has_not: boolean
}

export interface OrderMeta {
  id: string
  advertiser: number
  currency: string
  /** Cost = media × (1 + fee_ppm / 1e6), as `budget_counts` says; 0 when budgets count media. */
  fee_ppm: number
}

export interface AdvertiserMeta {
  id: string
  domain: string
  brand: string
  /** `<cattax>:<id>`. */
  categories: string[]
  dsa: { paid_by: string; behalf: string } | null
}

export interface DealMeta {
  /** Term of attribute `deal`. */
  term: number
  id: string
  exchange: string
  deal_id: string
  seat: string | null
  /** Currency of floor; the floor of the request, where it says one, comes first. */
  currency: string
  floor_nano: number
  /** 1 first, 2 second, 3 fixed price. */
  at: 1 | 2 | 3
  start_ms: number
  end_ms: number
}

/** An audience and how a request shows that the user is in it. */
export interface AudienceMeta {
  term: number
  id: string
  /** Segment ids of user.data[].segment[].id or eids, compared exactly; `provider:id` where the YAML names one. */
  segments: string[]
  /** Name in our own profile store, or null. */
  profile: string | null
}

export interface ListMeta {
  term: number
  id: string
}

export interface CircleMeta {
  term: number
  lat: number
  lon: number
  km: number
}

/** Linear model lowered to weights; `onnx` names the artifact of the release when it must be run instead. */
export interface ModelMeta {
  id: string
  /** Names of inputs, in the model's order: each one of engine/model inputs. */
  inputs: { name: string; type: 'int64' | 'float'; missing: number }[]
  kind: 'linear' | 'onnx'
  /** linear: section `model.<id>.weights` (f32) of this many hash buckets, with one bias. */
  buckets: number
  bias: number
  /** Isotonic or affine calibration as points: piecewise linear from raw to calibrated probability. */
  calibration: [number, number][]
  min: number
  max: number
  /** Prediction when the model is missing, late or out of range; null: the line item does not bid. */
  prior: Partial<Record<Format, number>> | null
  sha256: string
}

export interface SnapshotMeta {
  format: number
  vendor_id: number
  /** Index of attribute by order of evaluation. */
  attributes: AttributeMeta[]
  conjunctions: number
  /** Words of one bitmap, a multiple of BLOCK_WORDS. */
  words: number
  zones: string[]
  orders: OrderMeta[]
  advertisers: AdvertiserMeta[]
  deals: DealMeta[]
  audiences: AudienceMeta[]
  circles: CircleMeta[]
  /** Inventory lists; members are terms of the pseudo-attribute `list_member`, see {@link LIST_MEMBER}. */
  lists: ListMeta[]
  exchanges: Exchange[]
  models: ModelMeta[]
  /** Names of Rego rules that line items use. */
  rules: string[]
  /** Limits of flightplan.yaml that the loader checks again. */
  limits: { max_snapshot_bytes: number; max_line_items: number }
  /** USD per unit of each currency, by which candidates are ranked and golden auctions convert. Never serving's rates. */
  planning_rates: Record<string, string>
}

/**
 * Members of inventory lists share the dictionary as terms of one more attribute (the last one, never evaluated):
 * value `domain:example.com`, `bundle:com.example`, `publisher:alpha/123`; its `in` posting holds *list terms*.
 */
export const LIST_MEMBER = 'list_member'

/** FNV-1a over UTF-16 units, the attribute first. 32 bits. */
export function termHash(attribute: number, value: string): number {
  let hash = Math.imul(0x811c9dc5 ^ attribute, 0x01000193)
  for (let i = 0; i < value.length; i++) hash = Math.imul(hash ^ value.charCodeAt(i), 0x01000193)
  return (hash ^ (hash >>> 15)) >>> 0
}
