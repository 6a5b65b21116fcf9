/**
 * A bid request as the engine understands it, after the lenient parse (`parse/`): 2.5 and 2.6 places merged, types
 * mended, blanks dropped. Unknown is `null`, an empty array or an empty string; never `undefined`. Personal fields are
 * held in `user` and `device` as they came; what may be used is decided by privacy and policy before `event/` reads them.
 */
export interface Auction {
  id: string
  imps: Imp[]
  /** 1 first price, 2 second price plus (the default), others exchange-specific. */
  at: number
  tmax_ms: number | null
  test: boolean
  /** Allowed bid currencies, upper case; `['USD']` when absent (openrtb.md §6). */
  currencies: string[]
  channel: 'site' | 'app' | 'dooh' | null
  inventory: Inventory
  device: Device
  user: User
  regs: Regs
  chain: SupplyChain | null
  wseat: string[]
  bseat: string[]
  /** Blocked categories in taxonomy `cattax`, as the request writes them (AdX integers become text). */
  bcat: string[]
  acat: string[]
  cattax: number
  badv: string[]
  bapp: string[]
  wlang: string[]
  ssai: number | null
}

/** Site, app or DOOH, whichever the request has; app wins over site when both are there. */
export interface Inventory {
  id: string
  domain: string
  page: string
  bundle: string
  publisher: string
  /** Categories of page, section, site/app and content with the taxonomy of each: `1:IAB1-1`. */
  categories: string[]
  keywords: string[]
  content: {
    genre: string
    rating: number | null
    language: string
    series: string
    title: string
    livestream: boolean | null
  }
}

export interface Device {
  ua: string
  /** Structured user agent, as it came. */
  sua: {
    browsers: { brand: string; version: string }[]
    platform: { brand: string; version: string } | null
    mobile: boolean | null
    model: string
  } | null
  ip: string
  ipv6: string
  ifa: string
  /** AdCOM device type 1–8, or null. */
  type: number | null
  os: string
  osv: string
  make: string
  model: string
  carrier: string
  connection: number | null
  language: string
  w: number
  h: number
  dnt: boolean
  lmt: boolean
  geo: Geo
}

export interface Geo {
  /** ISO 3166-1 alpha-2, or ''. */
  country: string
  /** ISO 3166-2 with the country's prefix, or ''. */
  region: string
  city: string
  zip: string
  lat: number | null
  lon: number | null
  /** Metres; null when unknown. */
  accuracy: number | null
  /** Minutes from UTC, or null. */
  utcoffset_min: number | null
}

export interface User {
  id: string
  buyeruid: string
  yob: number | null
  gender: '' | 'M' | 'F' | 'O'
  /** `user.data[].segment[]`: provider id or name, segment id. */
  segments: { provider: string; id: string }[]
  eids: { source: string; ids: string[] }[]
  keywords: string[]
}

export interface Regs {
  coppa: boolean
  /** null: the request does not say. */
  gdpr: boolean | null
  tcf: string
  us_privacy: string
  gpp: string
  gpp_sid: number[]
  gpc: boolean
  /** 0 not required … 3 required on a very large platform; null: not said. */
  dsa: number | null
}

export interface SupplyChain {
  complete: boolean
  nodes: { asi: string; sid: string; hp: boolean }[]
}

export interface Imp {
  /** Position in the request's imp array. */
  index: number
  id: string
  floor: number
  floor_currency: string
  secure: boolean
  interstitial: boolean
  rewarded: boolean
  tagid: string
  exp_s: number | null
  private_auction: boolean
  deals: ImpDeal[]
  /** Imp-level seats and blocks (AdX habit); `wseat` and `bcat` hold beside the request's. */
  wseat: string[]
  bcat: string[]
  /** Bit n: attribute n is blocked at imp level; every slot's `battr` has it already. */
  battr: number
  multiplier: number
  slots: Slot[]
}

export interface ImpDeal {
  id: string
  floor: number
  /** `bidfloorcur`, default USD: it does not inherit from the imp (openrtb.md §6). */
  floor_currency: string
  at: number | null
  wseat: string[]
  wadomain: string[]
  guaranteed: boolean
}

/** One media type of an imp: what a line item is matched against. */
export type Slot = BannerSlot | VideoSlot | NativeSlot | AudioSlot

export interface BannerSlot {
  format: 'banner'
  /** Sizes of format[]; without it banner.w/h. */
  sizes: { w: number; h: number }[]
  /** banner.w/h when format[] does not list it (a pre-2.4 habit, 328 requests of the corpus); else null. */
  wh: { w: number; h: number } | null
  /** Flex ads: ratio and least width. */
  flex: { wratio: number; hratio: number; wmin: number }[]
  position: number | null
  /** Bit n: attribute n is blocked. */
  battr: number
  /** Bit n: API framework n is supported. */
  apis: number
  /** Empty: any. */
  mimes: string[]
  /** Bit n: banner type n is blocked (4 iframe …). */
  btype: number
}

export interface Pod {
  id: string
  /** Dynamic pod: seconds to fill and most ads; null in a structured pod. */
  duration_s: number | null
  max_ads: number | null
  sequence: number | null
  slotinpod: number | null
}

export interface MediaSlot {
  mimes: string[]
  min_duration_s: number
  /** Infinity: not said. */
  max_duration_s: number
  /** Exact durations that are allowed; empty: min and max hold. */
  exact_durations_s: number[]
  /** Bit n: protocol n. 0: not said, all allowed. */
  protocols: number
  apis: number
  battr: number
  start_delay: number | null
  pod: Pod | null
  /** Floor of a creative by its seconds; a duration outside of all has the imp's floor. */
  duration_floors: { min_s: number; max_s: number; floor: number }[]
  min_cpm_per_second: number | null
}

export interface VideoSlot extends MediaSlot {
  format: 'video'
  w: number
  h: number
  /** AdCOM plcmt 1 instream … 4 standalone; read from the older `placement` where absent. */
  plcmt: number | null
  skippable: boolean | null
  linear: boolean | null
  position: number | null
  rewarded: boolean
}

export interface AudioSlot extends MediaSlot {
  format: 'audio'
}

export interface NativeSlot {
  format: 'native'
  /** The request's own wrapping, answered in kind: `{"native":…}` or the bare root. */
  wrapped: boolean
  version: string
  assets: NativeAsset[]
  battr: number
  apis: number
  /** Event tracker methods offered for impressions: 1 image, 2 script; empty: use imptrackers. */
  impression_methods: number[]
}

export interface NativeAsset {
  id: number
  required: boolean
  kind: 'title' | 'image' | 'video' | 'data'
  /** Title or data: most characters (0: any). Image: least width and height. */
  length: number
  /** Image: 1 icon, 3 main. Data: AdCOM data asset type. */
  type: number
  w: number
  h: number
  wmin: number
  hmin: number
  mimes: string[]
}
