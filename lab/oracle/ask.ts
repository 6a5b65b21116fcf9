import { has, list, type Tree, text, tree } from './lenient.ts'
import type { World } from './world.ts'

/** Personal fields that the verdict on a request may let us use. */
export const USES = ['ids', 'precise_geo', 'segments', 'demographics', 'ip'] as const
export type Use = (typeof USES)[number]
export type Format = 'banner' | 'video' | 'native' | 'audio'
export const FORMAT_ORDER: readonly Format[] = ['banner', 'video', 'native', 'audio']

/** One request, at one exchange, at one moment: all that a leaf of `where:` may ask about. */
export interface Ask {
  world: World
  /** Exchange id, as the file name. */
  exchange: string
  request: Tree
  now_ms: number
  use: ReadonlySet<Use>
  /** Names of Rego rules that are true for the request. */
  rules: ReadonlySet<string>
  /** Names in our own profile store that the user has. */
  profiles: ReadonlySet<string>
}

/** One media type of one imp. `media` is `imp.banner` and so on. */
export interface Slot {
  imp: Tree
  format: Format
  media: Tree
}

/** The imps of a request that can be bid on: objects with an id that no earlier one has. */
export function impsOf(request: Tree): Tree[] {
  const imps = list(request['imp']).map(tree)
  const ids = imps.map(imp => text(imp['id']))
  return imps.filter((_, i) => ids[i] !== null && ids.indexOf(ids[i] ?? null) === i)
}

/** The slots of an imp, in the order that breaks ties. */
export const slotsOf = (imp: Tree): Slot[] =>
  FORMAT_ORDER.filter(format => has(imp[format])).map(format => ({ imp, format, media: tree(imp[format]) }))

/** Where the ad would run. At most one of the three by the spec; where an app and a site are there, the app counts. */
export const CHANNELS = ['app', 'site', 'dooh'] as const
export const channelOf = (request: Tree) => CHANNELS.find(channel => has(request[channel])) ?? null
export function inventoryOf(request: Tree): Tree {
  const channel = channelOf(request)
  return channel === null ? {} : tree(request[channel])
}
