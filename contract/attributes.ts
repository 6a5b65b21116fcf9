/**
 * The attributes that targeting can ask about, shared by the compiler (which lowers YAML leaves to terms) and the
 * engine (which reads a request's terms). A *term* is one (attribute, value) pair with a number of its own.
 *
 * Each attribute of a request is a set of values; a leaf of `where:` is true when that set and the leaf's list have a
 * value in common. A missing attribute is the empty set: the leaf is false, and its `not` is true.
 *
 * - `request` attributes are the same for every imp; `slot` attributes belong to one (imp, format) pair.
 * - `term`: values are strings, compared exactly after the normalisation named here.
 * - `interval`: values are integers; the compiler cuts the axis at the bounds that the campaigns use, and each piece
 *   is one term.
 * - `flag`: derived by a list of shapes or rules (radius circles, inventory lists, Rego rules); values name them.
 * - An attribute with a parameter has one instance per parameter: `os_version:ios`, `daypart:Europe/Berlin`.
 */
export interface AttributeSpec {
  level: 'request' | 'slot'
  kind: 'term' | 'interval' | 'flag'
  parameter: boolean
  /** What a value looks like. */
  value: string
}

const term = (level: AttributeSpec['level'], value: string): AttributeSpec => ({
  level,
  kind: 'term',
  parameter: false,
  value,
})
const interval = (level: AttributeSpec['level'], value: string, parameter = false): AttributeSpec => ({
  level,
  kind: 'interval',
  parameter,
  value,
})
const flag = (level: AttributeSpec['level'], value: string): AttributeSpec => ({
  level,
  kind: 'flag',
  parameter: false,
  value,
})

export const ATTRIBUTES = {
  // implicit: every line item has them
  shape: term('slot', 'what a creative of ours fills: `banner:300x250`, `video`, `native`, `audio`'),
  exchange: term('request', 'exchange id, as the file name in exchanges/'),
  deal: term('slot', '`<exchange>/<deal id>` of imp.pmp.deals, whoever may buy it'),
  // geo
  country: term('request', 'ISO 3166-1 alpha-2, upper case (alpha-3 is converted)'),
  region: term('request', 'ISO 3166-2, upper case: `DE-BY` (country prefix added where the request leaves it out)'),
  city: term('request', 'lower case, trimmed, as the request says it'),
  zip: term('request', '`<country>:<zip>` with blanks and hyphens removed, upper case'),
  near: flag('request', 'circle id `lat,lon,km` that contains the device'),
  // device
  device_type: term('request', 'phone | tablet | desktop | ctv | connected_device | set_top_box | mobile | dooh'),
  os: term('request', 'lower case family: ios, android, windows, macos, linux, chromeos, tvos, tizen, webos, roku …'),
  os_version: interval('request', 'major×1e6 + minor×1e3 + patch', true),
  browser: term('request', 'lower case family: chrome, safari, firefox, edge, samsung, opera …'),
  browser_version: interval('request', 'major×1e6 + minor×1e3 + patch', true),
  make: term('request', 'lower case'),
  model: term('request', 'lower case'),
  carrier: term('request', 'lower case'),
  connection: term('request', 'ethernet | wifi | cellular | cellular_2g … cellular_5g (5G is also `cellular`)'),
  language: term('request', 'ISO 639-1, lower case, of device.language'),
  // inventory
  channel: term('request', 'site | app | dooh'),
  domain: term('request', 'lower case, no `www.`; parent domains are values too, to the registrable two labels'),
  bundle: term('request', 'app.bundle, as is'),
  publisher: term('request', '`<exchange>/<publisher id>`'),
  category: term(
    'request',
    '`<cattax>:<id>` of page, section, site or app, and content; parents of a category are values too',
  ),
  keyword: term('request', 'lower case, trimmed; of site or app, and content'),
  list: flag('request', 'inventory list id that holds the domain, bundle or publisher'),
  // content
  content_genre: term('request', 'lower case'),
  content_rating: interval('request', 'QAG media rating 1 (all audiences), 2 (12+), 3 (mature)'),
  content_language: term('request', 'ISO 639-1, lower case'),
  content_series: term('request', 'lower case'),
  content_title: term('request', 'lower case'),
  content_livestream: term('request', 'true | false'),
  // people; present only where privacy and policy let the field be used
  segment: term('request', 'audience id whose segments, ids or profile the user has'),
  age: interval('request', 'years, from user.yob'),
  gender: term('request', 'male | female | other'),
  // time
  daypart: interval('request', 'minute of the week from Monday 00:00; parameter `user` or a time zone', true),
  // slot
  format: term('slot', 'banner | video | native | audio'),
  size: term('slot', '`300x250` for banner sizes offered'),
  position: term('slot', 'above_fold | below_fold | header | footer | sidebar | fullscreen | locked'),
  interstitial: term('slot', 'true | false'),
  rewarded: term('slot', 'true | false'),
  plcmt: term('slot', 'instream | accompanying | interstitial | standalone'),
  skippable: term('slot', 'true | false; absent when the request does not say'),
  duration: interval('slot', 'longest ad the slot allows, seconds'),
  player_w: interval('slot', 'pixels'),
  player_h: interval('slot', 'pixels'),
  protocol: term('slot', 'vast_1 … vast_4_3, wrapper forms included'),
  start: term('slot', 'pre | mid | post'),
  // policy
  rule: flag('request', 'name of a Rego rule in policies/request that is true for the request'),
} as const satisfies Record<string, AttributeSpec>

export type AttributeName = keyof typeof ATTRIBUTES

/** `daypart:Europe/Berlin` → `daypart`. */
export function attributeBase(instance: string): AttributeName {
  const colon = instance.indexOf(':')
  return (colon < 0 ? instance : instance.slice(0, colon)) as AttributeName // written by the compiler from ATTRIBUTES
}

/**
 * 17.4.1 → 17004001: versions on one integer axis. ChromeOS counts to 16002.51.0 and beyond, so the first part takes six
 * digits; parts behind it are cut to 999.
 */
export function versionNumber(text: string): number | null {
  const match = /^\D{0,16}(\d{1,6})(?:[._](\d{1,6}))?(?:[._](\d{1,6}))?/.exec(text)
  if (!match) return null
  const behind = (i: number) => Math.min(999, Number(match[i] ?? 0))
  return Number(match[1]) * 1_000_000 + behind(2) * 1_000 + behind(3)
}
