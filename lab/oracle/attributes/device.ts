import { CONNECTIONS, DEVICE_TYPES } from '@flightplan/contract/schema/values.ts'
import type { Ask } from '../ask.ts'
import { first, list, number, numbers, type Tree, text, tree } from '../lenient.ts'

type Codes = Readonly<Record<string, readonly number[]>>

/** The words of a table that a number stands for. */
export const wordsFor = (table: Codes, code: number | null): string[] =>
  code === null ? [] : Object.keys(table).filter(word => table[word]?.includes(code))

const device = (ask: Ask): Tree => tree(ask.request['device'])
const lower = (value: unknown): string[] => {
  const word = text(value)
  return word === null ? [] : [word.toLowerCase()]
}

export const device_type = (ask: Ask) => wordsFor(DEVICE_TYPES, number(device(ask)['devicetype']))
export const connection = (ask: Ask) => wordsFor(CONNECTIONS, number(device(ask)['connectiontype']))
export const make = (ask: Ask) => lower(device(ask)['make'])
export const model = (ask: Ask) => lower(device(ask)['model'])
export const carrier = (ask: Ask) => lower(device(ask)['carrier'])

/** `en-US`, `EN_us`, `en` → en. A word that begins with no two-letter code is no language. */
export function languageCode(value: unknown): string[] {
  const match = /^([a-z]{2})(?:[-_].*)?$/i.exec(text(value) ?? '')
  return match?.[1] === undefined ? [] : [match[1].toLowerCase()]
}
export const language = (ask: Ask) => languageCode(first(device(ask)['language'], device(ask)['langb']))

/** A family with the version that was found beside it (null: none). */
export interface Versioned {
  family: string
  version: string | null
}

/** Names that devices, client hints and user agents use, most telling first: "Tizen" agents say "Linux" too. */
const OS_NAMES: readonly (readonly [RegExp, string])[] = [
  [/xbox/i, 'xbox'],
  [/playstation|orbis/i, 'playstation'],
  [/tizen/i, 'tizen'],
  [/web0s|webos/i, 'webos'],
  [/roku/i, 'roku'],
  [/tvos|apple ?tv/i, 'tvos'],
  [/fire ?os|fire ?tv|\bAFT[A-Z]/, 'fireos'],
  [/windows/i, 'windows'],
  [/cros|chrome ?os|chromium ?os/i, 'chromeos'],
  [/iphone|ipad|ipod|^ios\b/i, 'ios'],
  [/android/i, 'android'],
  [/mac ?os|os ?x|macintosh|^macos/i, 'macos'],
  [/linux|ubuntu/i, 'linux'],
]
const osFamily = (name: string) => OS_NAMES.find(([pattern]) => pattern.test(name))?.[1] ?? null

const OS_VERSIONS: Readonly<Record<string, RegExp>> = {
  ios: /OS (\d+(?:[._]\d+){0,2})/,
  android: /Android (\d+(?:\.\d+){0,2})/,
  windows: /Windows NT (\d+(?:\.\d+){0,2})/,
  macos: /Mac OS X (\d+(?:[._]\d+){0,2})/,
  chromeos: /CrOS \S+ (\d+(?:\.\d+){0,2})/,
  tizen: /Tizen (\d+(?:\.\d+){0,2})/,
}

const joined = (version: unknown): string | null => {
  const parts = list(version)
    .map(text)
    .filter(part => part !== null)
  return parts.length === 0 ? null : parts.join('.')
}

/** Client hints (`sua`) say most exactly, then `os` and `osv`, then the user agent. */
export function os(ask: Ask): Versioned[] {
  const { sua, os: named, osv, ua } = device(ask)
  const platform = tree(tree(sua)['platform'])
  const brand = text(platform['brand'])
  const hinted = brand === null ? null : osFamily(brand)
  if (hinted !== null) return [{ family: hinted, version: joined(platform['version']) ?? text(osv) }]
  const name = text(named)
  const stated = name === null ? null : osFamily(name)
  if (stated !== null) return [{ family: stated, version: text(osv) }]
  const agent = text(ua) ?? ''
  const family = osFamily(agent)
  return family === null ? [] : [{ family, version: OS_VERSIONS[family]?.exec(agent)?.[1] ?? text(osv) }]
}

const BRANDS: readonly (readonly [RegExp, string])[] = [
  [/edge/i, 'edge'],
  [/opera/i, 'opera'],
  [/samsung/i, 'samsung'],
  [/firefox/i, 'firefox'],
  [/webview/i, 'webview'],
  [/safari/i, 'safari'],
  [/google chrome/i, 'chrome'],
  [/chromium/i, 'chrome'], // says the engine; decides only where no product is named
]
/** Whole words only: text without blanks says nothing clearly. Order matters: Edge, Opera and Samsung agents say Chrome, and Chrome agents say Safari. */
const AGENTS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:Edg|EdgA|EdgiOS|Edge)\/(\d[\d.]*)/, 'edge'],
  [/\b(?:OPR|OPiOS|Opera)\/(\d[\d.]*)/, 'opera'],
  [/\bSamsungBrowser\/(\d[\d.]*)/, 'samsung'],
  [/\b(?:Firefox|FxiOS)\/(\d[\d.]*)/, 'firefox'],
  [/; wv\).*\bChrome\/(\d[\d.]*)/, 'webview'],
  [/\b(?:Chrome|CriOS)\/(\d[\d.]*)/, 'chrome'],
  [/\bVersion\/(\d[\d.]*).*\bSafari\//, 'safari'],
]

export function browser(ask: Ask): Versioned[] {
  const { sua, ua } = device(ask)
  const hints = list(tree(sua)['browsers']).map(tree)
  for (const [pattern, family] of BRANDS) {
    const hint = hints.find(({ brand }) => pattern.test(text(brand) ?? ''))
    if (hint) return [{ family, version: joined(hint['version']) }]
  }
  const agent = text(ua) ?? ''
  for (const [pattern, family] of AGENTS) {
    const match = pattern.exec(agent)
    if (match) return [{ family, version: match[1] ?? null }]
  }
  // An app on iOS shows pages without a Safari token.
  const inApp = /(?:iPhone|iPad|iPod).*AppleWebKit/.test(agent) && !agent.includes('Safari/')
  return inApp ? [{ family: 'webview', version: null }] : []
}

/** `17.4.1` → [17, 4, 1]; parts that are missing are 0. Parts behind the first stop at 999, as the engine's axis does. */
export function versionParts(version: string): [number, number, number] | null {
  const found = /\d{1,6}(?:[._]\d{1,6}){0,2}/.exec(version.slice(0, 40))
  if (!found || found.index > 16) return null
  const parts = numbers(found[0].split(/[._]/)).map((part, i) => (i === 0 ? part : Math.min(999, part)))
  return [parts[0] ?? 0, parts[1] ?? 0, parts[2] ?? 0]
}
