import type { JsonObject } from './json.ts'
import { type Random, weights } from './random.ts'
import type { Scene } from './scene.ts'

type Size = readonly [w: number, h: number]
const WEB_SIZES = weights<Size>([
  [[300, 250], 38],
  [[728, 90], 20],
  [[160, 600], 10],
  [[300, 600], 9],
  [[970, 250], 8],
  [[320, 50], 6],
  [[320, 100], 3],
  [[336, 280], 3],
  [[468, 60], 1.5],
  [[970, 90], 1.5],
])
const APP_SIZES = weights<Size>([
  [[320, 50], 52],
  [[300, 250], 22],
  [[320, 100], 8],
  [[728, 90], 6],
  [[320, 480], 8],
  [[480, 320], 4],
])
// Sizes that fit where a first size fits: what publishers list beside it in `format`.
const COMPANIONS: Record<string, readonly Size[]> = {
  '300x250': [
    [336, 280],
    [300, 600],
    [250, 250],
  ],
  '728x90': [
    [970, 90],
    [970, 250],
    [468, 60],
  ],
  '160x600': [
    [120, 600],
    [300, 600],
  ],
  '300x600': [
    [300, 250],
    [160, 600],
  ],
  '970x250': [
    [970, 90],
    [728, 90],
    [800, 250],
  ],
  '320x50': [
    [320, 100],
    [300, 50],
  ],
}
const POSITIONS = weights([
  [1, 40],
  [3, 30],
  [0, 20],
  [4, 5],
  [7, 5],
])

/** A Banner object: `format` (with or without `w`/`h` repeated) or `w`/`h` alone, as exchanges differ in it. */
export function banner(scene: Scene, fullscreen: boolean): JsonObject {
  const { random, user, publisher } = scene
  const inApp = 'app' in scene.place
  const [w, h] = fullscreen ? [user.device.w, user.device.h] : random.weighted(inApp ? APP_SIZES : WEB_SIZES)
  const others = random.chance(0.45) ? random.sample(COMPANIONS[`${w}x${h}`] ?? [], random.int(1, 2)) : []
  const made: JsonObject = {}
  const style = random.unit()
  if (style < 0.75) made['format'] = [[w, h], ...others].map(([fw, fh]) => ({ w: fw ?? w, h: fh ?? h }))
  if (style > 0.45) Object.assign(made, { w, h })
  made['pos'] = fullscreen ? 7 : random.weighted(POSITIONS)
  if (publisher.battr.length > 0) made['battr'] = [...publisher.battr]
  if (random.chance(0.3)) made['btype'] = [4]
  if (inApp || random.chance(0.3)) made['api'] = inApp ? [3, 5, 6, 7] : [7]
  if (random.chance(0.4)) made['mimes'] = ['image/jpeg', 'image/png', 'image/gif', 'text/html']
  if (!inApp) made['topframe'] = random.int(0, 1)
  return made
}

const MAX_DURATIONS = weights([
  [15, 20],
  [30, 50],
  [60, 20],
  [20, 10],
])
const PLAYERS = weights<Size>([
  [[640, 360], 45],
  [[1280, 720], 20],
  [[854, 480], 15],
  [[400, 225], 12],
  [[300, 250], 8],
])
// AdCOM "Video Placement Subtypes": 1 instream, 2 accompanying, 3 interstitial, 4 standalone.
const PLCMTS = weights([
  [1, 35],
  [2, 25],
  [4, 40],
])
const LEGACY_PLACEMENT: Record<number, number> = { 1: 1, 2: 1, 3: 5, 4: 3 }

/** A Video object for a web or app player; `fullscreen` makes it the interstitial (often rewarded) kind of games. */
export function video(scene: Scene, fullscreen: boolean): JsonObject {
  const { random, user } = scene
  const plcmt = fullscreen ? 3 : random.weighted(PLCMTS)
  const [w, h] = fullscreen ? [user.device.w, user.device.h] : random.weighted(PLAYERS)
  const skip = random.chance(0.45)
  const made: JsonObject = {
    mimes: random.chance(0.7) ? ['video/mp4', 'video/webm', 'application/javascript'] : ['video/mp4'],
    minduration: random.chance(0.6) ? 0 : 5,
    maxduration: random.weighted(MAX_DURATIONS),
    startdelay: plcmt === 1 ? random.pick([0, 0, 0, -1, -2]) : 0,
    protocols: random.chance(0.8) ? [2, 3, 5, 6, 7, 8] : [2, 3, 5, 6],
    w,
    h,
    plcmt,
    placement: LEGACY_PLACEMENT[plcmt] ?? 1,
    linearity: 1,
    skip: skip ? 1 : 0,
  }
  if (skip) Object.assign(made, { skipmin: 15, skipafter: 5 })
  Object.assign(made, { playbackmethod: [random.pick([1, 2, 2, 6])], delivery: [2], pos: fullscreen ? 7 : 1 })
  made['api'] = 'app' in scene.place ? [7] : [2, 7]
  if (scene.publisher.battr.length > 0) made['battr'] = [...scene.publisher.battr]
  if (random.chance(0.25)) Object.assign(made, { minbitrate: 300, maxbitrate: random.pick([1500, 2500, 5000]) })
  return made
}

/** A Video object of a television break; pods add their own attributes. */
export function televisionVideo({ random }: Scene): JsonObject {
  const made: JsonObject = {
    mimes: ['video/mp4'],
    minduration: random.pick([5, 6, 10]),
    maxduration: random.pick([15, 20, 30, 30, 60]),
    startdelay: random.pick([0, -1, -1, 120, 600]),
    protocols: [2, 3, 5, 6, 7, 8],
    w: 1920,
    h: 1080,
    plcmt: 1,
    linearity: 1,
    skip: 0,
    playbackmethod: [1],
    delivery: [1, 2],
    pos: 7,
    boxingallowed: 0,
  }
  if (random.chance(0.5)) made['maxbitrate'] = random.pick([8000, 12000, 20000])
  return made
}

export function audio({ random }: Scene): JsonObject {
  const made: JsonObject = {
    mimes: ['audio/mpeg', 'audio/mp4', 'audio/ogg'],
    minduration: 5,
    maxduration: random.pick([15, 30, 30, 60]),
    protocols: [9, 10, 2, 3],
    startdelay: random.pick([0, 0, -1]),
    feed: random.pick([1, 2, 3]),
    stitched: random.int(0, 1),
    nvol: random.int(0, 4),
    delivery: [1, 2],
    maxbitrate: random.pick([128, 192, 320]),
  }
  if (random.chance(0.4)) made['companionad'] = [{ id: '1', w: 300, h: 250 }]
  return made
}

const title = (random: Random) => ({ id: 1, required: 1, title: { len: random.pick([25, 50, 90, 140]) } })
const image = (id: number, type: number, wmin: number, hmin: number, required: number) => ({
  id,
  required,
  img: { type, wmin, hmin, mimes: ['image/jpeg', 'image/png'] },
})

/** A Native object; its request is a string, in 1.0/1.1 style wrapped in `{"native":…}` (OpenRTB 2.6 §3.2.9). */
export function native({ random, publisher }: Scene): JsonObject {
  const wrapped = random.chance(0.35)
  const main = random.pick([
    [1200, 627],
    [600, 314],
    [300, 250],
  ])
  const assets: JsonObject[] = [title(random), image(2, 3, main[0] ?? 600, main[1] ?? 314, 1)]
  if (random.chance(0.7)) assets.push(image(3, 1, 80, 80, 0))
  if (random.chance(0.9)) assets.push({ id: 4, required: random.int(0, 1), data: { type: 1, len: 25 } })
  if (random.chance(0.7)) assets.push({ id: 5, required: 0, data: { type: 2, len: random.pick([90, 140]) } })
  if (random.chance(0.5)) assets.push({ id: 6, required: 0, data: { type: 12, len: 15 } })
  const ver = wrapped ? random.pick(['1.0', '1.1']) : '1.2'
  const root: JsonObject = { ver, context: random.pick([1, 1, 2]), plcmttype: random.int(1, 4), plcmtcnt: 1, assets }
  if (!wrapped) Object.assign(root, { eventtrackers: [{ event: 1, methods: [1, 2] }], privacy: 1 })
  const made: JsonObject = { request: JSON.stringify(wrapped ? { native: root } : root), ver }
  if (random.chance(0.3)) made['api'] = [7]
  if (publisher.battr.length > 0) made['battr'] = [...publisher.battr]
  return made
}
