import { childObject, isObject, type JsonObject, objectsIn } from './json.ts'
import type { Random } from './random.ts'

type Quirk = (request: JsonObject, firstImp: JsonObject, random: Random) => void

const within = (request: JsonObject, key: string, change: (found: JsonObject) => void) => {
  const found = request[key]
  if (isObject(found)) change(found)
}

/**
 * What real exchanges write and the specification does not foresee; most of these shapes occur in captured
 * traffic or in adapter fixtures of public exchanges, the others are their neighbours. A bidder must answer or decline all of them, and fail on none.
 */
const QUIRKS: Record<string, Quirk> = {
  'secure-as-string': (_, imp) => {
    imp['secure'] = '1'
  },
  'imp-id-as-number': (_, imp) => {
    imp['id'] = 1
  },
  'floor-as-string': (_, imp) => {
    imp['bidfloor'] = '0.35'
  },
  'coordinates-as-strings': request =>
    within(request, 'device', device =>
      within(device, 'geo', geo => Object.assign(geo, { lat: '48.13', lon: '11.57' })),
    ),
  'yob-as-string': request => {
    childObject(request, 'user')['yob'] = '1984'
  },
  'carrier-as-number': request =>
    within(request, 'device', device => {
      device['carrier'] = 70_090
    }),
  'cat-as-string': request => {
    for (const key of ['site', 'app'])
      within(request, key, channel => {
        channel['cat'] = 'IAB1'
      })
  },
  'bcat-as-numbers': request => {
    request['bcat'] = [10, 13, 23]
  },
  'boolean-for-integer': request => {
    for (const key of ['site', 'app'])
      within(request, key, channel => {
        channel['privacypolicy'] = true
      })
  },
  'null-objects': (request, imp) => {
    Object.assign(imp, { video: imp['video'] ?? null, native: imp['native'] ?? null })
    request['wseat'] = null
  },
  'null-user': request => {
    request['user'] = null
  },
  'null-regs-ext': request => {
    childObject(request, 'regs')['ext'] = null
  },
  'ext-as-string': (_, imp) => {
    imp['ext'] = 'none'
  },
  'size-not-in-format': (_, imp) => {
    imp['banner'] = { w: 300, h: 250, format: [{ w: 728, h: 90 }] }
  },
  'size-zero': (_, imp) => {
    imp['banner'] = { w: 0, h: 0 }
  },
  'banner-without-size': (_, imp) => {
    imp['banner'] = {}
  },
  'flex-format': (_, imp) => {
    imp['banner'] = { format: [{ wratio: 6, hratio: 5, wmin: 300 }] }
  },
  'auction-type-text': (request, _, random) => {
    request['at'] = random.pick(['ab', '', '1'])
  },
  'auction-type-unknown': (request, _, random) => {
    request['at'] = random.pick([0, 5, 500])
  },
  'auction-type-absent': request => {
    delete request['at']
  },
  'tmax-absent': request => {
    delete request['tmax']
  },
  'tmax-absurd': (request, _, random) => {
    request['tmax'] = random.pick([1, 5, 194_999])
  },
  'currencies-unknown': request => {
    request['cur'] = ['TYR', 'US']
  },
  'currency-other': request => {
    request['cur'] = ['JPY']
  },
  'floor-currency-invalid': (_, imp) => {
    imp['bidfloorcur'] = 'XYZ'
  },
  'floor-negative': (_, imp) => {
    imp['bidfloor'] = -0.5
  },
  'site-and-app': request => {
    if (!request['app']) request['app'] = { id: 'a1', bundle: 'example.both' }
    else request['site'] = { id: 's1', domain: 'news-1.example' }
  },
  'no-channel': request => {
    for (const key of ['site', 'app', 'dooh']) delete request[key]
  },
  'no-device': request => {
    delete request['device']
  },
  'no-user-agent': request =>
    within(request, 'device', device => {
      delete device['ua']
    }),
  'no-user': request => {
    delete request['user']
  },
  'imp-id-absent': (_, imp) => {
    delete imp['id']
  },
  'imp-id-repeated': (request, imp) => {
    request['imp'] = [...objectsIn(request['imp']), structuredClone(imp)]
  },
  'imp-without-media': (_, imp) => {
    for (const key of ['banner', 'video', 'audio', 'native']) delete imp[key]
  },
  'block-list-in-imp': (_, imp) => {
    imp['bcat'] = ['IAB25', 'IAB26']
  },
  'video-bare': (_, imp) => {
    imp['video'] = { w: 640, h: 360, protocol: 2, placement: 1, api: 2 }
  },
  'native-object': (_, imp) => {
    imp['native'] = { request: { ver: '1.2', assets: [] } }
  },
  'native-not-json': (_, imp) => {
    imp['native'] = { request: 'not json', ver: '1.1' }
  },
  'consent-not-a-string-of-consent': request => {
    childObject(request, 'regs')['gdpr'] = 1
    childObject(request, 'user')['consent'] = 'consent'
  },
  'consent-cut-off': request => {
    childObject(request, 'regs')['gdpr'] = 1
    childObject(request, 'user')['consent'] = 'CP'
  },
  'gpp-garbage': request => {
    Object.assign(childObject(request, 'regs'), { gpp: 'gppString', gpp_sid: ['7'] })
  },
  'foreign-fields': request => {
    Object.assign(request, { '@timestamp': '0', Xid: '123' })
    within(request, 'device', device => {
      device['deviceType'] = 4
    })
  },
  'country-empty': request =>
    within(request, 'device', device =>
      within(device, 'geo', geo => {
        geo['country'] = ''
      }),
    ),
}
export const QUIRK_NAMES: readonly string[] = Object.keys(QUIRKS)

/** Applies one quirk, in place, and returns its name. The result is legal JSON with `id` and a non-empty `imp`. */
export function applyQuirk(request: JsonObject, random: Random): string {
  const name = random.pick(QUIRK_NAMES)
  const [firstImp] = objectsIn(request['imp'])
  if (firstImp) QUIRKS[name]?.(request, firstImp, random)
  return name
}
