import type { Ask } from '../ask.ts'
import { list, number, type Tree, text, tree } from '../lenient.ts'

const user = (ask: Ask) => tree(ask.request['user'])

/** Whole years between the year of birth and the year of the auction (UTC): the month is not in the request. */
export function age(ask: Ask): number | null {
  if (!ask.use.has('demographics')) return null
  const yob = number(user(ask)['yob'])
  if (yob === null) return null
  const years = new Date(ask.now_ms).getUTCFullYear() - yob
  return years >= 0 && years <= 130 ? years : null
}

const GENDERS: Readonly<Record<string, string>> = {
  M: 'male',
  F: 'female',
  O: 'other',
  MALE: 'male',
  FEMALE: 'female',
  OTHER: 'other',
}
export function gender(ask: Ask): string[] {
  if (!ask.use.has('demographics')) return []
  const word = GENDERS[text(user(ask)['gender'])?.toUpperCase() ?? '']
  return word === undefined ? [] : [word]
}

/** Segment ids that the request states: `id`, and `provider:id` for a definition that names the provider. */
function* statedSegments(ask: Ask): Generator<string> {
  for (const data of list(user(ask)['data']).map(tree)) {
    const providers = [text(data['id']), text(data['name'])].filter(name => name !== null)
    for (const segment of list(data['segment']).map(tree)) {
      const id = text(segment['id'])
      if (id === null) continue
      yield id
      yield* providers.map(provider => `${provider}:${id}`)
    }
  }
}

/** `source:id` of extended ids; 2.5 has them in `ext`. */
function* statedIds(ask: Ask): Generator<string> {
  const here = list(user(ask)['eids'])
  const eids = here.length > 0 ? here : list(tree(user(ask)['ext'])['eids'])
  for (const eid of eids.map(tree))
    for (const uid of list(eid['uids']).map(tree)) yield `${text(eid['source'])}:${text(uid['id'])}`
}

const SWITCHED_OFF = '00000000-0000-0000-0000-000000000000'
/** Our store is asked by the id that the exchange's YAML names, else by the first there is. */
function hasKey(ask: Ask): boolean {
  if (!ask.use.has('ids')) return false
  const { buyeruid, id } = user(ask)
  const ifa = text(tree(ask.request['device'])['ifa'])
  const stated: Tree = { buyeruid, id, ifa: ifa === SWITCHED_OFF ? null : ifa }
  const named = text(tree(ask.world.exchanges.get(ask.exchange)?.tree['ids'])['user'])
  const ids = named === null ? Object.values(stated) : [stated[named]]
  return ids.some(key => text(key) !== null)
}

/** Audiences that the user is in. Data that may not be used puts nobody into any audience. */
export function segment(ask: Ask): string[] {
  const stated = new Set([
    ...(ask.use.has('segments') ? statedSegments(ask) : []),
    ...(ask.use.has('ids') ? statedIds(ask) : []),
  ])
  const isKnown = (profile: string | null) => hasKey(ask) && profile !== null && ask.profiles.has(profile)
  return [...ask.world.audiences]
    .filter(([, { segments, profile }]) => segments.some(id => stated.has(id)) || isKnown(profile))
    .map(([id]) => id)
}
