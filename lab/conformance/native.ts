/** Native markup against the native request: wrapping, assets, link, trackers (Native 1.2 §4, §5). */
import { has, list, number, type Tree, text, tree } from '../oracle/lenient.ts'
import type { Check } from './scene.ts'

const KINDS = ['title', 'img', 'video', 'data'] as const
const URL_OF_LINK = (value: Tree) => URL.canParse(text(tree(value['link'])['url']) ?? '')

/** The native request, and whether it is wrapped in `{"native": …}` (1.0). Null: it cannot be read. */
function requestOf(media: Tree): { root: Tree; wrapped: boolean } | null {
  const said = typeof media['request'] === 'string' ? parse(media['request']) : (media['request'] ?? media)
  if (!has(said)) return null
  const wrapped = has(tree(said)['native'])
  return { root: wrapped ? tree(tree(said)['native']) : tree(said), wrapped }
}

function parse(written: string): unknown {
  try {
    return JSON.parse(written)
  } catch {
    return null
  }
}

export const native: Check = ({ format, media, bid }) => {
  if (format !== 'native') return null
  const asked = requestOf(media)
  const answer = parse(text(bid['adm']) ?? '')
  if (!asked) return 'the native request cannot be read'
  if (!has(answer)) return 'adm is no JSON object'
  if (asked.wrapped !== has(tree(answer)['native'])) return 'wrapped otherwise than the request'
  const root = asked.wrapped ? tree(tree(answer)['native']) : tree(answer)
  if (!URL_OF_LINK(root)) return 'no link'
  return assetsFault(list(asked.root['assets']).map(tree), list(root['assets']).map(tree)) ?? trackersFault(root)
}

function assetsFault(asked: readonly Tree[], given: readonly Tree[]): string | null {
  const ids = given.map(({ id }) => number(id))
  if (new Set(ids).size < ids.length) return 'an asset twice'
  const missing = asked.find(({ id, required }) => number(required) === 1 && !ids.includes(number(id)))
  if (missing) return `required asset ${text(missing['id'])} is missing`
  for (const asset of given) {
    const wanted = asked.find(({ id }) => number(id) === number(asset['id']))
    if (!wanted) return `asset ${text(asset['id'])} was not asked for`
    const fault = assetFault(wanted, asset)
    if (fault) return `asset ${text(asset['id'])}: ${fault}`
  }
  return null
}

function assetFault(wanted: Tree, given: Tree): string | null {
  const kinds = KINDS.filter(kind => has(given[kind]))
  const [kind] = kinds
  if (kinds.length !== 1 || !kind || !has(wanted[kind])) return 'not of the kind that was asked for'
  const [bounds, value] = [tree(wanted[kind]), tree(given[kind])]
  const most = number(bounds['len']) || Number.POSITIVE_INFINITY
  if (kind === 'title') return (text(value['text']) ?? '').length > most ? 'title too long' : null
  if (kind === 'data') return (text(value['value']) ?? '').length > most ? 'data too long' : null
  if (!URL.canParse(text(value['url']) ?? '')) return 'no image URL'
  const fits = (side: 'w' | 'h') => {
    const own = number(value[side]) ?? 0
    const exact = number(bounds[side]) || own
    return own > 0 && own === exact && own >= (number(bounds[`${side}min`]) ?? 0)
  }
  return fits('w') && fits('h') ? null : 'image of another size'
}

/** An impression tracker, in the form of 1.2 or the older one. */
function trackersFault(root: Tree): string | null {
  const modern = list(root['eventtrackers']).map(tree)
  const urls = [...modern.map(({ url }) => text(url)), ...list(root['imptrackers']).map(text)]
  return urls.length > 0 && urls.every(url => URL.canParse(url ?? '')) ? null : 'no impression tracker'
}
