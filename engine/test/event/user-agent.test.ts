import assert from 'node:assert/strict'
import { test } from 'node:test'
import { browserOf, osOf } from '../../event/user-agent.ts'
import { parseAuction } from '../../parse/parse.ts'

const deviceOf = (device: object) => {
  const auction = parseAuction({ id: 'r', imp: [{ id: '1' }], device })
  assert.ok(auction)
  return auction.device
}
const show = ({ name, version }: { name: string; version: number | null }) =>
  version === null ? name : `${name} ${Math.floor(version / 1e6)}.${Math.floor(version / 1e3) % 1e3}.${version % 1e3}`

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)'
/** Shapes as browsers and apps send them: user agent, its system, its browser. */
const TABLE: readonly [string, string, string][] = [
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/134.0.0.0 Safari/537.36`,
    'windows 10.0.0',
    'chrome 134.0.0',
  ],
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/134.0.0.0 Safari/537.36 Edg/134.0.3124.68`,
    'windows 10.0.0',
    'edge 134.0.999',
  ],
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/133.0.0.0 Safari/537.36 OPR/118.0.0.0`,
    'windows 10.0.0',
    'opera 118.0.0',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:136.0) Gecko/20100101 Firefox/136.0',
    'windows 10.0.0',
    'firefox 136.0.0',
  ],
  ['Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko', 'windows 6.1.0', ''],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Safari/605.1.15',
    'macos 10.15.7',
    'safari 18.3.0',
  ],
  [
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} Chrome/134.0.0.0 Safari/537.36`,
    'macos 10.15.7',
    'chrome 134.0.0',
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:136.0) Gecko/20100101 Firefox/136.0',
    'macos 10.15.0',
    'firefox 136.0.0',
  ],
  [`Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} Chrome/134.0.0.0 Safari/537.36`, 'linux', 'chrome 134.0.0'],
  ['Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:135.0) Gecko/20100101 Firefox/135.0', 'linux', 'firefox 135.0.0'],
  [
    `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${WEBKIT} Chrome/133.0.0.0 Safari/537.36`,
    'chromeos 14541.0.0',
    'chrome 133.0.0',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4.1 Mobile/15E148 Safari/604.1',
    'ios 17.4.1',
    'safari 17.4.1',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/134.0.6998.33 Mobile/15E148 Safari/604.1',
    'ios 18.3.0',
    'chrome 134.0.999',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/136.0 Mobile/15E148 Safari/605.1.15',
    'ios 18.3.0',
    'firefox 136.0.0',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
    'ios 16.5.0',
    '',
  ],
  [
    'Mozilla/5.0 (iPad; CPU OS 15_8 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.6 Mobile/15E148 Safari/604.1',
    'ios 15.8.0',
    'safari 15.6.0',
  ],
  [
    `Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} Chrome/134.0.0.0 Mobile Safari/537.36`,
    'android 10.0.0',
    'chrome 134.0.0',
  ],
  [
    `Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/UQ1A.240205.004; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/122.0.6261.64 Mobile Safari/537.36`,
    'android 14.0.0',
    'webview 122.0.999',
  ],
  [
    `Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-S918B) ${WEBKIT} SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36`,
    'android 13.0.0',
    'samsung 27.0.0',
  ],
  ['Mozilla/5.0 (Android 14; Mobile; rv:136.0) Gecko/136.0 Firefox/136.0', 'android 14.0.0', 'firefox 136.0.0'],
  [
    `Mozilla/5.0 (Linux; Android 8.1.0; SM-J701F) ${WEBKIT} Chrome/80.0.3987.99 Mobile Safari/537.36 EdgA/44.11`,
    'android 8.1.0',
    'edge 44.11.0',
  ],
  ['Dalvik/2.1.0 (Linux; U; Android 9; SM-G960F Build/PPR1.180610.011)', 'android 9.0.0', ''],
  [
    'Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) 76.0.3809.146/6.0 TV Safari/537.36',
    'tizen 6.0.0',
    '',
  ],
  [
    'Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/94.0.4606.128 Safari/537.36',
    'webos',
    'chrome 94.0.999',
  ],
  ['Roku/DVP-12.5 (12.5.0.4178-88)', 'roku 12.5.0', ''],
  ['AppleCoreMedia/1.0.0.21L227 (Apple TV; U; CPU OS 17_2 like Mac OS X; en_us)', 'tvos 17.2.0', ''],
  [
    'Mozilla/5.0 (PlayStation; PlayStation 5/6.50) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.4 Safari/605.1.15',
    'playstation',
    'safari 15.4.0',
  ],
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox Series X) ${WEBKIT} Chrome/131.0.0.0 Safari/537.36 Edge/44.18363.8131`,
    'xbox',
    'edge 44.999.999',
  ],
  ['curl/8.5.0', '', ''],
  ['', '', ''],
]

test('user agents as they come', () => {
  const read = TABLE.map(([ua]) => [ua, show(osOf(deviceOf({ ua }))), show(browserOf(deviceOf({ ua })))])
  assert.deepEqual(read, TABLE)
})

const IPHONE = TABLE[11]?.[0] ?? ''

test('what is structured comes before what is written, and that before the user agent', () => {
  const sua = {
    browsers: [
      { brand: 'Not_A Brand', version: ['8'] },
      { brand: 'Microsoft Edge', version: ['120', '0', '2210'] },
    ],
    platform: { brand: 'Windows', version: ['15', '0', '0'] },
  }
  const all = deviceOf({ ua: IPHONE, os: 'Android', osv: '14', sua })
  assert.equal(show(osOf(all)), 'windows 15.0.0')
  assert.equal(show(browserOf(all)), 'edge 120.0.999')
  const written = deviceOf({ ua: IPHONE, os: 'Android', osv: '14' })
  assert.equal(show(osOf(written)), 'android 14.0.0')
  const strange = deviceOf({ ua: IPHONE, os: 'GramOS', osv: '3', sua: { platform: { brand: 'Plan 9' } } })
  assert.equal(show(osOf(strange)), 'ios 17.4.1')
})

test('names of systems in the ways that requests write them', () => {
  const ways = ['iOS', 'iPhone OS', 'iPadOS', 'Mac OS X', 'macOS', 'Chrome OS', 'Fire OS', 'fire_tv', 'Tizen', 'webOS']
  assert.deepEqual(
    ways.map(os => osOf(deviceOf({ os })).name),
    ['ios', 'ios', 'ios', 'macos', 'macos', 'chromeos', 'fireos', 'fireos', 'tizen', 'webos'],
  )
})

test('a long and senseless user agent is read in no time', () => {
  const hostile = ['; wv)', 'Web0S ', 'Roku', 'Version/1', 'Apple TV', 'iPhone '].map(part => part.repeat(20_000))
  const began = performance.now()
  for (const ua of hostile) {
    const device = deviceOf({ ua })
    browserOf(device)
    osOf(device)
  }
  assert.ok(performance.now() - began < 2_000)
})
