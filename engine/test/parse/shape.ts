/**
 * A runtime check of the Auction type, written by hand beside it: what is wrong comes back as `path: what`.
 * Every field must be there, have its type, and no other field may be.
 */
type Check = (value: unknown, path: string) => string[]

const fault = (ok: boolean, path: string, what: string) => (ok ? [] : [`${path}: not ${what}`])
const isText: Check = (v, p) => fault(typeof v === 'string', p, 'text')
const isFlag: Check = (v, p) => fault(typeof v === 'boolean', p, 'a boolean')
const isNumber: Check = (v, p) => fault(typeof v === 'number' && !Number.isNaN(v), p, 'a number')
const isAmount: Check = (v, p) => fault(typeof v === 'number' && v >= 0 && v < Infinity, p, 'an amount')
const isCount: Check = (v, p) => fault(Number.isSafeInteger(v) && (v as number) >= 0, p, 'a count')
const isMask: Check = (v, p) =>
  fault(Number.isSafeInteger(v) && (v as number) >= 0 && (v as number) < 2 ** 31, p, 'bits')
const isInteger: Check = (v, p) => fault(Number.isSafeInteger(v), p, 'an integer')
const isAny =
  (...allowed: unknown[]): Check =>
  (v, p) =>
    fault(allowed.includes(v), p, `one of ${allowed.join()}`)
const orNull =
  (check: Check): Check =>
  (v, p) =>
    v === null ? [] : check(v, p)
const listOf =
  (check: Check): Check =>
  (v, p) =>
    Array.isArray(v) ? v.flatMap((entry, at) => check(entry, `${p}[${at}]`)) : [`${p}: not a list`]
const shape =
  (fields: Record<string, Check>): Check =>
  (v, p) => {
    if (typeof v !== 'object' || v === null || Array.isArray(v)) return [`${p}: not an object`]
    const entries = new Map(Object.entries(v))
    const unknown = [...entries.keys()]
      .filter(name => !Object.hasOwn(fields, name))
      .map(name => `${p}.${name}: unknown`)
    return [...unknown, ...Object.entries(fields).flatMap(([name, check]) => check(entries.get(name), `${p}.${name}`))]
  }

const texts = listOf(isText)
const size = shape({ w: isCount, h: isCount })
const brand = shape({ brand: isText, version: isText })
const media = {
  mimes: texts,
  min_duration_s: isCount,
  max_duration_s: isNumber,
  exact_durations_s: listOf(isCount),
  protocols: isMask,
  apis: isMask,
  battr: isMask,
  start_delay: orNull(isInteger),
  pod: orNull(
    shape({
      id: isText,
      duration_s: orNull(isCount),
      max_ads: orNull(isCount),
      sequence: orNull(isInteger),
      slotinpod: orNull(isInteger),
    }),
  ),
  duration_floors: listOf(shape({ min_s: isCount, max_s: isNumber, floor: isAmount })),
  min_cpm_per_second: orNull(isAmount),
}
const SLOTS = new Map<unknown, Check>([
  [
    'banner',
    shape({
      format: isText,
      sizes: listOf(size),
      wh: orNull(size),
      flex: listOf(shape({ wratio: isCount, hratio: isCount, wmin: isCount })),
      position: orNull(isCount),
      battr: isMask,
      apis: isMask,
      mimes: texts,
      btype: isMask,
    }),
  ],
  [
    'video',
    shape({
      format: isText,
      ...media,
      w: isCount,
      h: isCount,
      plcmt: orNull(isAny(1, 2, 3, 4)),
      skippable: orNull(isFlag),
      linear: orNull(isFlag),
      position: orNull(isCount),
      rewarded: isFlag,
    }),
  ],
  ['audio', shape({ format: isText, ...media })],
  [
    'native',
    shape({
      format: isText,
      wrapped: isFlag,
      version: isText,
      assets: listOf(
        shape({
          id: isCount,
          required: isFlag,
          kind: isAny('title', 'image', 'video', 'data'),
          length: isCount,
          type: isCount,
          w: isCount,
          h: isCount,
          wmin: isCount,
          hmin: isCount,
          mimes: texts,
        }),
      ),
      battr: isMask,
      apis: isMask,
      impression_methods: listOf(isInteger),
    }),
  ],
])
const slot: Check = (v, p) => {
  const format = typeof v === 'object' && v !== null && 'format' in v ? v.format : undefined
  return SLOTS.get(format)?.(v, p) ?? [`${p}.format: ${String(format)}`]
}

const imp = shape({
  index: isCount,
  id: isText,
  floor: isAmount,
  floor_currency: isText,
  secure: isFlag,
  interstitial: isFlag,
  rewarded: isFlag,
  tagid: isText,
  exp_s: orNull(isCount),
  private_auction: isFlag,
  deals: listOf(
    shape({
      id: isText,
      floor: isAmount,
      floor_currency: isText,
      at: orNull(isCount),
      wseat: texts,
      wadomain: texts,
      guaranteed: isFlag,
    }),
  ),
  wseat: texts,
  bcat: texts,
  battr: isMask,
  multiplier: isAmount,
  slots: listOf(slot),
})

const inventory = shape({
  id: isText,
  domain: isText,
  page: isText,
  bundle: isText,
  publisher: isText,
  categories: texts,
  keywords: texts,
  content: shape({
    genre: isText,
    rating: orNull(isAny(1, 2, 3)),
    language: isText,
    series: isText,
    title: isText,
    livestream: orNull(isFlag),
  }),
})

const device = shape({
  ua: isText,
  sua: orNull(shape({ browsers: listOf(brand), platform: orNull(brand), mobile: orNull(isFlag), model: isText })),
  ip: isText,
  ipv6: isText,
  ifa: isText,
  type: orNull(isCount),
  os: isText,
  osv: isText,
  make: isText,
  model: isText,
  carrier: isText,
  connection: orNull(isCount),
  language: isText,
  w: isCount,
  h: isCount,
  dnt: isFlag,
  lmt: isFlag,
  geo: shape({
    country: isText,
    region: isText,
    city: isText,
    zip: isText,
    lat: orNull(isNumber),
    lon: orNull(isNumber),
    accuracy: orNull(isCount),
    utcoffset_min: orNull(isInteger),
  }),
})

const auction = shape({
  id: isText,
  imps: listOf(imp),
  at: isCount,
  tmax_ms: orNull(isCount),
  test: isFlag,
  currencies: texts,
  channel: isAny('site', 'app', 'dooh', null),
  inventory,
  device,
  user: shape({
    id: isText,
    buyeruid: isText,
    yob: orNull(isCount),
    gender: isAny('', 'M', 'F', 'O'),
    segments: listOf(shape({ provider: isText, id: isText })),
    eids: listOf(shape({ source: isText, ids: texts })),
    keywords: texts,
  }),
  regs: shape({
    coppa: isFlag,
    gdpr: orNull(isFlag),
    tcf: isText,
    us_privacy: isText,
    gpp: isText,
    gpp_sid: listOf(isInteger),
    gpc: isFlag,
    dsa: orNull(isAny(0, 1, 2, 3)),
  }),
  chain: orNull(shape({ complete: isFlag, nodes: listOf(shape({ asi: isText, sid: isText, hp: isFlag })) })),
  wseat: texts,
  bseat: texts,
  bcat: texts,
  acat: texts,
  cattax: isCount,
  badv: texts,
  bapp: texts,
  wlang: texts,
  ssai: orNull(isCount),
})

export function shapeFaults(value: unknown): string[] {
  return auction(value, 'auction')
}
