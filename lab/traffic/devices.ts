import type { JsonObject } from './json.ts'
import { type Random, weights } from './random.ts'

/** What kind of thing is in front of the user; decides formats, ids and the channel. */
export type DeviceClass = 'desktop' | 'handheld' | 'tv'

/** A concrete device of a user. `ua` is the browser's; apps send `appUa`. Values of `type` are AdCOM device types. */
export type DeviceModel = {
  type: number
  os: string
  osv: string
  make: string
  model: string
  w: number
  h: number
  pxratio: number
  ua: string
  appUa: string
  brands?: readonly (readonly [string, string])[]
}

const CHROME = weights([
  ['138', 5],
  ['139', 12],
  ['140', 45],
  ['141', 30],
  ['137', 8],
])
const IOS = weights([
  ['18.6', 38],
  ['18.5', 18],
  ['17.7', 12],
  ['26.0', 22],
  ['16.7', 6],
  ['15.8', 4],
])
const ANDROID = weights([
  ['15', 28],
  ['14', 32],
  ['13', 20],
  ['12', 11],
  ['11', 6],
  ['10', 3],
])
const SCREENS = weights([
  [[1920, 1080], 40],
  [[1536, 864], 18],
  [[1440, 900], 12],
  [[2560, 1440], 15],
  [[1366, 768], 15],
])
const PHONES = weights([
  [['Samsung', 'SM-S921B', 360, 780, 3], 14],
  [['Samsung', 'SM-A546B', 360, 780, 3], 20],
  [['Samsung', 'SM-A155F', 412, 915, 2.625], 12],
  [['Google', 'Pixel 8', 412, 915, 2.625], 12],
  [['Xiaomi', '23129RAA4G', 393, 873, 2.75], 14],
  [['OnePlus', 'CPH2581', 412, 919, 3.5], 5],
  [['motorola', 'moto g54 5G', 412, 915, 2.625], 7],
  [['HUAWEI', 'VOG-L29', 360, 780, 3], 4],
])
const IPHONES = weights([
  [['iPhone15,2', 393, 852, 3], 25],
  [['iPhone14,5', 390, 844, 3], 30],
  [['iPhone12,8', 375, 667, 2], 20],
  [['iPhone16,2', 430, 932, 3], 25],
])
const CONSOLE_MOZILLA = 'Mozilla/5.0'

const chromeBrands = (major: string) =>
  [
    ['Chromium', major],
    ['Google Chrome', major],
    ['Not=A?Brand', '24'],
  ] as const

const KIT = 'AppleWebKit/537.36 (KHTML, like Gecko)'
const WEBKIT = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'

function desktop(random: Random): DeviceModel {
  const [w = 1920, h = 1080] = random.weighted(SCREENS)
  const major = random.weighted(CHROME)
  const mac = random.chance(0.24)
  const platform = mac ? 'Macintosh; Intel Mac OS X 10_15_7' : 'Windows NT 10.0; Win64; x64'
  const base = {
    type: 2,
    os: mac ? 'macOS' : 'Windows',
    osv: mac ? '10.15.7' : '10.0',
    make: mac ? 'Apple' : 'PC',
    model: mac ? 'Mac' : 'PC',
    w,
    h,
    pxratio: mac ? 2 : 1,
    appUa: '',
  }
  const browser = random.unit()
  const chrome = `${CONSOLE_MOZILLA} (${platform}) ${KIT} Chrome/${major}.0.0.0 Safari/537.36`
  if (browser < 0.16)
    return {
      ...base,
      ua: `Mozilla/5.0 (${platform.replace('10_15_7', '10.15')}; rv:143.0) Gecko/20100101 Firefox/143.0`,
    }
  if (mac && browser < 0.6) return { ...base, ua: `Mozilla/5.0 (${platform}) ${WEBKIT} Version/18.6 Safari/605.1.15` }
  if (browser < 0.32)
    return {
      ...base,
      ua: `${chrome} Edg/${major}.0.0.0`,
      brands: [
        ['Chromium', major],
        ['Microsoft Edge', major],
      ],
    }
  return { ...base, ua: chrome, brands: chromeBrands(major) }
}

function iphone(random: Random): DeviceModel {
  const tablet = random.chance(0.16)
  const osv = random.weighted(IOS)
  const [model, w, h, pxratio] = tablet ? (['iPad13,18', 820, 1180, 2] as const) : random.weighted(IPHONES)
  const device = tablet ? 'iPad; CPU OS' : 'iPhone; CPU iPhone OS'
  const start = `Mozilla/5.0 (${device} ${osv.replace('.', '_')} like Mac OS X) ${WEBKIT}`
  return {
    type: tablet ? 5 : 4,
    os: 'iOS',
    osv,
    make: 'Apple',
    model: String(model),
    w: Number(w),
    h: Number(h),
    pxratio: Number(pxratio),
    ua: `${start} Version/${osv} Mobile/15E148 Safari/604.1`,
    appUa: `${start} Mobile/15E148`,
  }
}

function android(random: Random): DeviceModel {
  const tablet = random.chance(0.07)
  const osv = random.weighted(ANDROID)
  const [make, model, w, h, pxratio] = tablet
    ? (['Samsung', 'SM-X210', 800, 1280, 1.5] as const)
    : random.weighted(PHONES)
  const major = random.weighted(CHROME)
  return {
    type: tablet ? 5 : 4,
    os: 'Android',
    osv,
    make: String(make),
    model: String(model),
    w: Number(w),
    h: Number(h),
    pxratio: Number(pxratio),
    // Chrome freezes model and version in its user agent; the WebView of an app still tells them.
    ua: `Mozilla/5.0 (Linux; Android 10; K) ${KIT} Chrome/${major}.0.0.0 ${tablet ? '' : 'Mobile '}Safari/537.36`,
    appUa: `Mozilla/5.0 (Linux; Android ${osv}; ${model} Build/UP1A.231005.007; wv) ${KIT} Version/4.0 Chrome/${major}.0.7339.51 Mobile Safari/537.36`,
    brands: chromeBrands(major),
  }
}

type Tv = readonly [make: string, model: string, os: string, osv: string, type: number, ua: string]
const TELEVISIONS = weights<Tv>([
  [
    [
      'Samsung',
      'QE55Q60C',
      'Tizen',
      '7.0',
      3,
      `Mozilla/5.0 (SMART-TV; LINUX; Tizen 7.0) ${KIT} 94.0.4606.31/7.0 TV Safari/537.36`,
    ],
    30,
  ],
  [
    [
      'LG',
      'OLED55C3',
      'webOS',
      '23',
      3,
      `Mozilla/5.0 (Web0S; Linux/SmartTV) ${KIT} Chrome/94.0.4606.128 Safari/537.36 WebAppManager`,
    ],
    20,
  ],
  [['Amazon', 'AFTKA', 'Fire OS', '7', 6, 'Dalvik/2.1.0 (Linux; U; Android 9; AFTKA Build/PS7633)'], 20],
  [
    [
      'Sony',
      'BRAVIA 4K VH21',
      'Android',
      '12',
      3,
      'Dalvik/2.1.0 (Linux; U; Android 12; BRAVIA 4K VH21 Build/STT2.230203.001)',
    ],
    12,
  ],
  [['Roku', '4800X', 'Roku OS', '14.5', 6, 'Roku/DVP-14.5 (14.5.4.5934-C2)'], 8],
  [
    [
      'Apple',
      'AppleTV11,1',
      'tvOS',
      '18.6',
      6,
      'AppleCoreMedia/1.0.0.22M71 (Apple TV; U; CPU OS 18_6 like Mac OS X; en_us)',
    ],
    7,
  ],
  [['Sky', 'EM150', 'Linux', '4.9', 7, 'Mozilla/5.0 (Linux; STB; EM150) AppleWebKit/602.1 Safari/602.1'], 3],
])

function tv(random: Random): DeviceModel {
  const [make, model, os, osv, type, ua] = random.weighted(TELEVISIONS)
  return { type, os, osv, make, model, w: random.chance(0.6) ? 3840 : 1920, h: 2160, pxratio: 1, ua, appUa: ua }
}

/** The device that a random stream of one user gives: equal streams, equal device. */
export function drawDevice(random: Random, kind: DeviceClass): DeviceModel {
  if (kind === 'desktop') return desktop(random)
  if (kind === 'tv') return tv(random)
  return random.chance(0.36) ? iphone(random) : android(random)
}

/** `device.sua`: structured user agent, for browsers that send client hints. */
export function structuredAgent({ brands = [], os, osv, type, model }: DeviceModel): JsonObject {
  return {
    browsers: brands.map(([brand, version]) => ({ brand, version: [version, '0', '0', '0'] })),
    platform: { brand: os, version: osv.split('.') },
    mobile: type === 4 ? 1 : 0,
    ...(type === 2 ? { architecture: 'x86', bitness: '64' } : { model }),
    source: 2,
  }
}
