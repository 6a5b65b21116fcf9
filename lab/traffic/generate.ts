import { deviceOf, userOf } from './audience.ts'
import { channelOf } from './channel.ts'
import type { DeviceClass } from './devices.ts'
import { toOpenRtb25 } from './dialect.ts'
import { momentAtShare } from './diurnal.ts'
import { DIALECTS, EXCHANGE_SHARES, type ExchangeName, KINDS, type Kind } from './exchange-mix.ts'
import { impsOf } from './imps.ts'
import type { JsonObject } from './json.ts'
import { applyPrivacy } from './privacy.ts'
import { applyQuirk } from './quirks.ts'
import { Random } from './random.ts'
import type { Place, Scene } from './scene.ts'
import { APPS, drawApp, drawSite, type Publisher } from './supply.ts'
import { drawUser } from './users.ts'

export type TrafficOptions = {
  /** Only this exchange's traffic; else the three in their shares. */
  exchange?: ExchangeName
  /** The moment of the auction, ms since 1970: decides who is awake, summer time and the age of consent. */
  at_ms: number
  /** Our id in the vendor list, as consent strings name it. */
  vendorId?: number
}

/** A request and what was decided before it was written: the truth for tests and reports. */
export type Traffic = {
  exchange: ExchangeName
  kind: Kind
  at_ms: number
  /** The deviation from the specification that was put in, if one was. */
  quirk: string | undefined
  request: JsonObject
}

export const DEFAULT_VENDOR_ID = 9999
const QUIRK_SHARE = 0.05
const TEST_SHARE = 0.002

function deviceClass(random: Random, kind: Kind): DeviceClass {
  if (kind === 'ctv') return 'tv'
  if (kind === 'app-banner' || kind === 'dooh') return 'handheld'
  return random.chance(kind === 'audio' ? 0.15 : 0.42) ? 'desktop' : 'handheld'
}

function place(random: Random, kind: Kind, device: DeviceClass, iso2: string): Place {
  if (kind === 'dooh') return { screen: random.int(1, 400) }
  if (kind === 'ctv') return { app: drawApp(random, 'ctv') }
  if (device === 'desktop' || kind === 'web-banner') return { site: drawSite(random, iso2) }
  if (kind === 'audio') return { app: drawApp(random, 'audio') }
  return kind === 'app-banner' || random.chance(0.5)
    ? { app: drawApp(random, 'app') }
    : { site: drawSite(random, iso2) }
}

function publisherOf(where: Place): Publisher {
  if ('site' in where) return where.site.publisher
  // A screen belongs to whichever house its number falls on.
  const app = 'app' in where ? where.app : APPS[where.screen % APPS.length]
  return (app as NonNullable<typeof app>).publisher // the remainder is below the length
}

function sceneOf(seed: number, index: number, options: TrafficOptions): Scene {
  const random = new Random(seed, index)
  const exchange = options.exchange ?? random.weighted(EXCHANGE_SHARES)
  const kind = random.weighted(KINDS[exchange])
  const device = deviceClass(random, kind)
  const user = drawUser(random, device, options.at_ms)
  const where = place(random, kind, device, user.country.iso2)
  return {
    random,
    exchange,
    dialect: DIALECTS[exchange],
    kind,
    user,
    place: where,
    publisher: publisherOf(where),
    at_ms: options.at_ms,
    vendorId: options.vendorId ?? DEFAULT_VENDOR_ID,
  }
}

/** Each exchange has its own id style; 128 (alpha, boreal) or 80 random bits and the index keep them distinct. */
function requestId({ random, exchange }: Scene, index: number): string {
  if (exchange === 'alpha') return random.uuid()
  return exchange === 'boreal' ? random.hex(32) : `c-${index.toString(36)}-${random.hex(20)}`
}

/** Who passed the request on: the owner, maybe a reseller, last the exchange (OpenRTB 2.6 §3.2.25). */
function supplyChain({ random, publisher, dialect, exchange }: Scene, rid: string): JsonObject {
  const nodes: JsonObject[] = [{ asi: dialect.host, sid: publisher.id, hp: 1, rid }]
  if (publisher.resold)
    nodes.unshift({
      asi: `reseller-${Number(publisher.id) % 20}.example`,
      sid: `${exchange}-${Number(publisher.id) % 500}`,
      hp: 1,
    })
  return { complete: random.chance(0.94) ? 1 : 0, ver: '1.0', nodes }
}

/** Copies: a caller may change its request, and the publisher's lists serve the next one too. */
function blocks(request: JsonObject, { publisher }: Scene): void {
  if (publisher.bcat.length > 0) request['bcat'] = [...publisher.bcat]
  if (publisher.cattax !== 1) request['cattax'] = publisher.cattax
  if (publisher.badv.length > 0) request['badv'] = [...publisher.badv]
}

function write(scene: Scene, index: number): JsonObject {
  const { random, dialect, kind } = scene
  const id = requestId(scene, index)
  const [channel, channelObject] = channelOf(scene)
  const request: JsonObject = { id, imp: impsOf(scene), [channel]: channelObject, device: deviceOf(scene) }
  if (kind !== 'dooh') request['user'] = userOf(scene)
  Object.assign(request, { at: random.chance(0.96) ? 1 : 2, tmax: random.weighted(dialect.tmax) })
  request['cur'] = random.chance(0.08) ? ['USD', 'EUR'] : [dialect.currency]
  blocks(request, scene)
  request['source'] = { fd: 0, tid: random.uuid(), ...(random.chance(0.85) ? { schain: supplyChain(scene, id) } : {}) }
  applyPrivacy(request, scene)
  if (random.chance(TEST_SHARE)) request['test'] = 1
  if (dialect.version === '2.5') toOpenRtb25(request)
  return request
}

/**
 * The request at a position of seeded traffic, with what is true of it. Pure: equal arguments give equal bytes of
 * `JSON.stringify`, whichever worker asks and whatever was asked before.
 */
export function generateTraffic(seed: number, index: number, options: TrafficOptions): Traffic {
  const scene = sceneOf(seed, index, options)
  const request = write(scene, index)
  const quirk = scene.random.chance(QUIRK_SHARE) ? applyQuirk(request, scene.random) : undefined
  return { exchange: scene.exchange, kind: scene.kind, at_ms: options.at_ms, quirk, request }
}

/** Only the OpenRTB bid request of `generateTraffic`. */
export const generateRequest = (seed: number, index: number, options: TrafficOptions): JsonObject =>
  generateTraffic(seed, index, options).request

export type StreamOptions = { seed: number; count: number; day_ms: number; exchange?: ExchangeName; vendorId?: number }

/** `count` requests spread over the UTC day that starts at `day_ms`, in order of time, dense when people are awake. */
export function* requestStream({ seed, count, day_ms, ...rest }: StreamOptions): Generator<Traffic, void, void> {
  for (let index = 0; index < count; index++) {
    yield generateTraffic(seed, index, { ...rest, at_ms: momentAtShare(day_ms, index / count) })
  }
}
