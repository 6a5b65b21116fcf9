/**
 * Browser, operating system and versions of a device. The structured user agent (`sua`, 2.6 §3.2.29) is preferred, then
 * `device.os`/`osv`, then the user agent text. Deliberately few families (contract/schema/values.ts): what the text does
 * not clearly say stays unknown, so targeting on it does not match.
 */
import { versionNumber } from '@flightplan/contract/attributes.ts'
import type { Device } from '../auction.ts'

export interface Software {
  /** Family, or '' when unknown. */
  name: string
  /** major×1e6 + minor×1e3 + patch, or null. */
  version: number | null
}
const UNKNOWN: Software = { name: '', version: null }

/** First match wins: browsers name those that they descend from, so the most specific comes first. */
const BROWSER_PATTERNS: readonly [string, RegExp][] = [
  ['edge', /\bEdg(?:e|A|iOS)?\/(\d[\d.]{0,20})/],
  ['samsung', /\bSamsungBrowser\/(\d[\d.]{0,20})/],
  ['opera', /\b(?:OPR|OPiOS)\/(\d[\d.]{0,20})/],
  ['firefox', /\b(?:Firefox|FxiOS)\/(\d[\d.]{0,20})/],
  ['webview', /; wv\).{0,200}?\bChrome\/(\d[\d.]{0,20})/],
  ['chrome', /\b(?:Chrome|CriOS)\/(\d[\d.]{0,20})/],
  ['safari', /\bVersion\/(\d[\d.]{0,20}).{0,100}?\bSafari\//],
]
const OS_PATTERNS: readonly [string, RegExp][] = [
  ['tizen', /\bTizen (\d[\d.]{0,20})/],
  ['webos', /\b(?:Web0S|webOS)\b[^)]{0,40}?(\d[\d.]{0,20})?/],
  ['roku', /\bRoku\b[^(]{0,40}?(?:\/DVP-)?(\d[\d.]{0,20})?/],
  ['xbox', /\bXbox\b()/],
  ['playstation', /\bPlayStation\b()/],
  ['tvos', /\bApple ?TV.{0,60}?\b(?:OS|tvOS)[ /](\d[\d._]{0,20})/],
  ['ios', /\b(?:iPhone|iPad|iPod)\b(?:.{0,60}?\bOS (\d[\d_]{0,20}))?/i],
  ['android', /\bAndroid\b(?: (\d[\d.]{0,20}))?/i],
  ['chromeos', /\bCrOS \w{1,20} (\d[\d.]{0,20})/],
  ['windows', /\bWindows NT (\d[\d.]{0,20})/i],
  ['macos', /\bMac OS X (\d[\d_.]{0,20})/i],
  ['linux', /\b(?:Linux|Ubuntu)\b()/i],
]

/** Names as requests write them in `device.os` and `sua.platform.brand`, lower case, letters alone (`windows 7`). */
const OS_NAMES: ReadonlyMap<string, string> = new Map([
  ['ios', 'ios'], ['iphoneos', 'ios'], ['iphone', 'ios'], ['ipad', 'ios'], ['ipados', 'ios'], ['android', 'android'], ['windows', 'windows'],
  ['macos', 'macos'], ['macosx', 'macos'], ['osx', 'macos'], ['linux', 'linux'], ['chromeos', 'chromeos'],
  ['chromiumos', 'chromeos'], ['tvos', 'tvos'], ['tizen', 'tizen'], ['webos', 'webos'], ['roku', 'roku'],
  ['rokuos', 'roku'], ['fireos', 'fireos'], ['firetv', 'fireos'], ['playstation', 'playstation'], ['xbox', 'xbox'],
]) // biome-ignore format: a table
const BRANDS: ReadonlyMap<string, string> = new Map([
  ['google chrome', 'chrome'],
  ['chrome', 'chrome'],
  ['microsoft edge', 'edge'],
  ['safari', 'safari'],
  ['firefox', 'firefox'],
  ['opera', 'opera'],
  ['samsung internet', 'samsung'],
  ['android webview', 'webview'],
])

export function browserOf(device: Device): Software {
  for (const { brand, version } of device.sua?.browsers ?? []) {
    const name = BRANDS.get(brand.trim().toLowerCase())
    if (name) return { name, version: versionNumber(version) }
  }
  return firstMatch(BROWSER_PATTERNS, device.ua)
}

export function osOf(device: Device): Software {
  const platform = device.sua?.platform
  const structured = platform ? osName(platform.brand) : ''
  if (platform && structured) return { name: structured, version: versionNumber(platform.version) }
  const named = osName(device.os)
  return named ? { name: named, version: versionNumber(device.osv) } : firstMatch(OS_PATTERNS, device.ua)
}

const osName = (text: string) => OS_NAMES.get(text.toLowerCase().replace(/[^a-z]/g, '')) ?? ''

function firstMatch(patterns: readonly [string, RegExp][], ua: string): Software {
  for (const [name, pattern] of patterns) {
    const found = pattern.exec(ua)
    if (found) return { name, version: versionNumber((found[1] ?? '').replaceAll('_', '.')) }
  }
  return UNKNOWN
}
