import type { Kind } from './exchange-mix.ts'
import type { JsonObject } from './json.ts'
import { audio, banner, native, televisionVideo, video } from './media.ts'
import { zipf } from './random.ts'
import type { Scene } from './scene.ts'

/** Median floor (CPM, in the exchange's currency) and the share of imps that carry a deal. */
const PRICES: Record<Kind, readonly [floor: number, deals: number]> = {
  'web-banner': [0.45, 0.06],
  'app-banner': [0.35, 0.05],
  video: [3.5, 0.13],
  ctv: [11, 0.3],
  native: [0.6, 0.06],
  audio: [2.5, 0.08],
  dooh: [4, 0.25],
}
const DEALS_PER_EXCHANGE = 12
const DEAL_RANKS = zipf(DEALS_PER_EXCHANGE, 1)
const FOREIGN_SEAT_DEALS = 10 // deals 11 and 12 belong to somebody else's seat: a bidder has to notice

/** A deal has the same terms wherever it is offered, except that its floor follows the format. */
function deal({ dialect, exchange, kind }: Scene, rank: number): JsonObject {
  const fixed = rank % 4 === 3 // OpenRTB 2.6 §3.2.12: at=3, the floor is the agreed price
  const made: JsonObject = {
    id: `${exchange}-deal-${String(rank + 1).padStart(2, '0')}`,
    bidfloor: Math.round(PRICES[kind][0] * (1.2 + rank / 10) * 100) / 100,
    bidfloorcur: dialect.currency,
    at: fixed ? 3 : 1,
  }
  if (rank >= FOREIGN_SEAT_DEALS) made['wseat'] = ['seat-of-another-buyer']
  if (rank === 5) made['wadomain'] = ['cars.example', 'shoes.example']
  if (rank === 0 && dialect.version === '2.6') made['guar'] = 0
  return made
}

function marketplace(scene: Scene): JsonObject {
  const ranks = new Set(
    Array.from({ length: scene.random.pick([1, 1, 1, 2, 3]) }, () => scene.random.ranked(DEAL_RANKS)),
  )
  return {
    private_auction: scene.random.chance(0.3) ? 1 : 0,
    deals: [...ranks].sort((a, b) => a - b).map(rank => deal(scene, rank)),
  }
}

/** Price, security, deals and labels around the media of an imp. */
function around(scene: Scene, id: string, media: JsonObject): JsonObject {
  const { random, dialect, kind, exchange } = scene
  const [floor, deals] = PRICES[kind]
  const made: JsonObject = {
    id,
    ...media,
    tagid: `${random.pick(['top', 'mid', 'side', 'foot'])}-${random.int(1, 40)}`,
  }
  if (random.chance(0.92))
    Object.assign(made, { bidfloor: random.lognormal(floor, 0.75, 2), bidfloorcur: dialect.currency })
  if (random.chance(0.93)) made['secure'] = 1
  if (random.chance(deals)) made['pmp'] = marketplace(scene)
  if ('app' in scene.place)
    Object.assign(made, {
      displaymanager: 'example-sdk',
      displaymanagerver: `${random.int(3, 6)}.${random.int(0, 9)}.1`,
    })
  if (dialect.exp_s) made['exp'] = random.weighted(dialect.exp_s)
  if (random.chance(0.5)) made['ext'] = { gpid: `/${random.int(1000, 9999)}/${exchange}/${id}`, tid: random.uuid() }
  return made
}

function metrics({ random }: Scene): JsonObject[] {
  const viewability = Math.round(Math.min(0.98, Math.max(0.05, 0.58 + random.normal() * 0.2)) * 100) / 100
  return [{ type: 'viewability', value: viewability, vendor: 'measure.example' }]
}

function displayImps(scene: Scene): JsonObject[] {
  const { random, kind } = scene
  const fullscreen = kind === 'app-banner' && random.chance(0.22)
  const count = !fullscreen && random.chance(0.05) ? random.int(2, 5) : 1
  return Array.from({ length: count }, (_, at) => {
    const media: JsonObject = { banner: banner(scene, fullscreen) }
    const more = random.unit()
    if (more < 0.035) media['video'] = video(scene, fullscreen)
    if (more > 0.975 && !fullscreen) media['native'] = native(scene)
    const imp = around(scene, String(at + 1), media)
    imp['instl'] = fullscreen ? 1 : 0
    if (random.chance(0.35)) imp['metric'] = metrics(scene)
    if (kind === 'web-banner' && random.chance(0.1))
      imp['refresh'] = { refsettings: [{ reftype: 1, minint: 30 }], count: random.int(0, 9) }
    return imp
  })
}

function videoImps(scene: Scene): JsonObject[] {
  const fullscreen = 'app' in scene.place && scene.random.chance(0.7)
  const imp = around(scene, '1', { video: video(scene, fullscreen) })
  imp['instl'] = fullscreen ? 1 : 0
  if (fullscreen && scene.random.chance(0.6)) imp['rwdd'] = 1
  return [imp]
}

/** Fixed slots of one break: each imp a slot, `rqddurs` or its own maximum (OpenRTB 2.6 §7.6). */
function structuredPod(scene: Scene): JsonObject[] {
  const podid = `pod-${scene.random.hex(8)}`
  const slots = scene.random.int(2, 4)
  return Array.from({ length: slots }, (_, at) => {
    const slot = televisionVideo(scene)
    Object.assign(slot, { podid, podseq: 1, slotinpod: at === 0 ? 1 : at === slots - 1 ? -1 : 0 })
    if (scene.random.chance(0.4)) {
      delete slot['minduration'] // exact durations exclude a range
      delete slot['maxduration']
      slot['rqddurs'] = [15, 30]
    }
    return around(scene, String(at + 1), { video: slot })
  })
}

/** One imp for a stretch of time that the seller fills: `poddur` and `maxseq`. */
function dynamicPod(scene: Scene): JsonObject[] {
  const { random } = scene
  const slot = televisionVideo(scene)
  const poddur = random.pick([60, 90, 120, 180])
  Object.assign(slot, { podid: `pod-${random.hex(8)}`, podseq: random.pick([1, 0, -1]), poddur, maxseq: poddur / 15 })
  slot['slotinpod'] = random.pick([0, 0, 1, 2])
  if (random.chance(0.5)) slot['mincpmpersec'] = random.lognormal(0.5, 0.4, 2)
  if (random.chance(0.3)) {
    slot['durfloors'] = [
      { mindur: 1, maxdur: 15, bidfloor: random.lognormal(8, 0.3, 2) },
      { mindur: 16, maxdur: 60, bidfloor: random.lognormal(14, 0.3, 2) },
    ]
  }
  return [around(scene, '1', { video: slot })]
}

function televisionImps(scene: Scene): JsonObject[] {
  const pod = scene.random.unit()
  const structured = pod < 0.25
  const imps = structured
    ? structuredPod(scene)
    : pod < 0.5
      ? dynamicPod(scene)
      : [around(scene, '1', { video: televisionVideo(scene) })]
  for (const imp of imps) imp['ssai'] = scene.random.pick([0, 2, 2, 3])
  return imps
}

/** DOOH: one play is seen by `qty.multiplier` people, at the moment `dt` (ms since 1970). */
function screenImps(scene: Scene): JsonObject[] {
  const { random } = scene
  const media: JsonObject = random.chance(0.6)
    ? { video: { ...televisionVideo(scene), w: 1080, h: 1920 } }
    : { banner: { format: [{ w: 1080, h: 1920 }], mimes: ['image/jpeg', 'image/png'] } }
  const imp = around(scene, '1', media)
  imp['qty'] = { multiplier: random.lognormal(6, 0.7, 1), sourcetype: 1, vendor: 'audience.example' }
  imp['dt'] = scene.at_ms + random.int(20_000, 600_000)
  return [imp]
}

const BUILDERS: Record<Kind, (scene: Scene) => JsonObject[]> = {
  'web-banner': displayImps,
  'app-banner': displayImps,
  video: videoImps,
  ctv: televisionImps,
  native: scene => [around(scene, '1', { native: native(scene) })],
  audio: scene => [around(scene, '1', { audio: audio(scene) })],
  dooh: screenImps,
}

/** The `imp` array of a scene, OpenRTB 2.6 style. */
export const impsOf = (scene: Scene): JsonObject[] => BUILDERS[scene.kind](scene)
