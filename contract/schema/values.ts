/**
 * The words that people write for OpenRTB's numbers, with those numbers (AdCOM 1.0 lists). A word with two numbers is
 * true for either of them; a number under two words is a value of both.
 */
type Codes = Record<string, readonly number[]>
const codes = <const C extends Codes>(table: C): C => table

/** AdCOM "Device Types". 1 (phone or tablet, not said which) is `mobile` only: an exact word never claims it. */
export const DEVICE_TYPES = codes({
  mobile: [1, 4, 5],
  desktop: [2],
  ctv: [3],
  phone: [4],
  tablet: [5],
  connected_device: [6],
  set_top_box: [7],
  dooh: [8],
})
/** AdCOM "Connection Types". `cellular` covers every generation. */
export const CONNECTIONS = codes({
  ethernet: [1],
  wifi: [2],
  cellular: [3, 4, 5, 6, 7],
  cellular_2g: [4],
  cellular_3g: [5],
  cellular_4g: [6],
  cellular_5g: [7],
})
/** AdCOM "Placement Positions". */
export const POSITIONS = codes({
  above_fold: [1],
  locked: [2],
  below_fold: [3],
  header: [4],
  footer: [5],
  sidebar: [6],
  fullscreen: [7],
})
/** AdCOM "Placement Subtypes – Video" (`plcmt`). */
export const PLCMTS = codes({ instream: [1], accompanying: [2], interstitial: [3], standalone: [4] })
/** AdCOM "Creative Subtypes – Audio/Video" (`protocols`). */
export const PROTOCOLS = codes({
  vast_1: [1],
  vast_2: [2],
  vast_3: [3],
  vast_1_wrapper: [4],
  vast_2_wrapper: [5],
  vast_3_wrapper: [6],
  vast_4: [7],
  vast_4_wrapper: [8],
  daast_1: [9],
  daast_1_wrapper: [10],
  vast_4_1: [11],
  vast_4_1_wrapper: [12],
  vast_4_2: [13],
  vast_4_2_wrapper: [14],
  vast_4_3: [15],
  vast_4_3_wrapper: [16],
})
/** AdCOM "API Frameworks". */
export const APIS = codes({
  vpaid_1: [1],
  vpaid_2: [2],
  mraid_1: [3],
  ormma: [4],
  mraid_2: [5],
  mraid_3: [6],
  omid_1: [7],
  simid_1_0: [8],
  simid_1_1: [9],
})
/** AdCOM "Creative Attributes". */
export const CREATIVE_ATTRIBUTES = codes({
  audio_auto_play: [1],
  audio_user_initiated: [2],
  expandable_automatic: [3],
  expandable_click: [4],
  expandable_rollover: [5],
  in_banner_video_auto_play: [6],
  in_banner_video_user_initiated: [7],
  pop: [8],
  provocative: [9],
  shaky: [10],
  survey: [11],
  text_only: [12],
  interactive: [13],
  alert_style: [14],
  audio_toggle: [15],
  skippable: [16],
  flash: [17],
  responsive: [18],
})
/** OpenRTB 2.6 §3.2.16 `qagmediarating`, from mild to strong. */
export const RATINGS = codes({ all: [1], teen: [2], mature: [3] })
/** The form of a video or audio start: `startdelay` 0 and above 0 or -1, -2. */
export const STARTS = ['pre', 'mid', 'post'] as const
export const FORMATS = ['banner', 'video', 'native', 'audio'] as const
export const CHANNELS = ['site', 'app', 'dooh'] as const
export const GENDERS = ['male', 'female', 'other'] as const
export const OSES = [
  'android',
  'ios',
  'windows',
  'macos',
  'linux',
  'chromeos',
  'tvos',
  'tizen',
  'webos',
  'roku',
  'fireos',
  'playstation',
  'xbox',
] as const
export const BROWSERS = ['chrome', 'safari', 'firefox', 'edge', 'samsung', 'opera', 'webview'] as const
/** Prefix of a category in YAML → OpenRTB `cattax`; without a prefix it is 1. */
export const CATEGORY_TAXONOMIES: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['2.2', 6],
  ['3.1', 9],
  ['product', 8],
])

/** The words of a table, for `words()`. */
export function wordsOf<C extends Codes>(table: C): readonly (keyof C & string)[] {
  return Object.keys(table) as (keyof C & string)[] // keys of an object literal are its declared keys
}
