import type { Ask } from '../ask.ts'
import { list, number, text, tree } from '../lenient.ts'

const user = (ask: Ask) => tree(ask.request['user'])

/** Whole years between the year of birth and the year of the auction (UTC): the month is not in the request. */
export function age(ask: Ask): number | null {
  if (!ask.use.has('demographics')) return null
  const yob = number(user(ask)['yob'])
  if (yob === null) return null
  const years = new Date(ask.now_ms).getUTCFullYear() - yob
  return years >= 0 && years <= 130 ? years : null
}

const GENDERS: Readonly<Record<string, string>> = { M: 'male', F: 'female', O: 'other' }
export function gender(ask: Ask): string[] {
  if (!ask.use.has('demographics')) return []
  const word = GENDERS[text(user(ask)['gender'])?.toUpperCase() ?? '']
  return word === undefined ? [] : [word]
}

/** Segment ids that the request states: `id`, and `provider:id` for a definition that names the provider. */
function statedSegments(ask: Ask): Set<string> {
  const stated = new Set<string>()
  for (const data of list(user(ask)['data']).map(tree)) {
    const providers = [text(data['id']), text(data['name'])].filter(name => name !== null)
    for (const segment of list(data['segment']).map(tree)) {
      const id = text(segment['id'])
      if (id === null) continue
      stated.add(id)
      for (const provider of providers) stated.add(`${provider}:${id}`)
    }
  }
  return stated
}

/** Audiences that the user is in. Data that may not be used puts nobody into any audience. */
export function segment(ask: Ask): string[] {
  if (!ask.use.has('segments')) return []
  const stated = statedSegments(ask)
  return [...ask.world.audiences]
    .filter(
      ([, { segments, profile }]) =>
        segments.some(id => stated.has(id)) || (profile !== null && ask.profiles.has(profile)),
    )
    .map(([id]) => id)
}
