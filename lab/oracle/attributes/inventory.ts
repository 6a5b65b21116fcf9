import { type Ask, channelOf, inventoryOf } from '../ask.ts'
import { first, list, number, text, texts, tree } from '../lenient.ts'
import { taxonomyOf, withParents } from '../taxonomy.ts'
import { languageCode } from './device.ts'

export function channel(ask: Ask): string[] {
  const found = channelOf(ask.request)
  return found === null ? [] : [found]
}

const hostOf = (page: string | null): string | null => {
  if (page === null) return null
  return /^(?:[a-z][a-z0-9+.-]*:)?\/\/(?:[^/?#@]*@)?([^/?#:]+)/i.exec(page)?.[1] ?? null
}

/** The domain and its parents, down to two labels, without `www.`. */
export function domainsOf(name: string): string[] {
  const labels = name
    .toLowerCase()
    .replace(/^www\./, '')
    .replace(/\.$/, '')
    .split('.')
  return labels.length < 2 ? labels : labels.slice(0, -1).map((_, at) => labels.slice(at).join('.'))
}

/** The host of the domain; of a site that has none, of the page. */
export function domain(ask: Ask): string[] {
  const where = inventoryOf(ask.request)
  const page = channelOf(ask.request) === 'site' ? text(where['page']) : null
  const name = text(where['domain']) ?? hostOf(page) ?? page
  return name === null ? [] : domainsOf(hostOf(name) ?? name)
}

export function bundle(ask: Ask): string[] {
  if (channelOf(ask.request) !== 'app') return []
  const id = text(inventoryOf(ask.request)['bundle'])
  return id === null ? [] : [id]
}

export function publisher(ask: Ask): string[] {
  const id = text(tree(inventoryOf(ask.request)['publisher'])['id'])
  return id === null ? [] : [`${ask.exchange}/${id}`]
}

interface Category {
  taxonomy: number
  id: string
}
const termOf = ({ taxonomy, id }: Category) => `${taxonomy}:${id}`

/** Of page, section, whole and content. */
function categories(ask: Ask): Category[] {
  const where = inventoryOf(ask.request)
  const within = tree(where['content'])
  const of = (cattax: unknown, ...lists: unknown[]) =>
    lists.flatMap(texts).map(id => ({ taxonomy: taxonomyOf(cattax), id }))
  return [
    ...of(where['cattax'], where['cat'], where['sectioncat'], where['pagecat']),
    ...of(within['cattax'], within['cat']),
  ]
}

/** `<cattax>:<id>`, as the request says them: what the policy sees. */
export const statedCategory = (ask: Ask): string[] => categories(ask).map(termOf)

/** With the ancestors of each: what targeting sees. */
export const category = (ask: Ask): string[] =>
  categories(ask).flatMap(({ taxonomy, id }) => withParents(taxonomy, id).map(up => termOf({ taxonomy, id: up })))

const words = (value: unknown): string[] =>
  list(value)
    .flatMap(item => (text(item) ?? '').split(','))
    .map(word => word.trim().toLowerCase())
    .filter(word => word !== '')

export function keyword(ask: Ask): string[] {
  const where = inventoryOf(ask.request)
  return [where, tree(where['content'])].flatMap(part => [...words(part['keywords']), ...words(part['kwarray'])])
}

/** Inventory lists with the domain (or a parent of it), the bundle or the publisher among their members. */
export function lists(ask: Ask): string[] {
  const members = [...domain(ask), ...bundle(ask), ...publisher(ask)]
  return [...ask.world.lists].filter(([, held]) => members.some(member => held.has(member))).map(([id]) => id)
}

const content = (ask: Ask) => tree(inventoryOf(ask.request)['content'])
const lowered = (value: unknown): string[] => {
  const word = text(value)
  return word === null ? [] : [word.toLowerCase()]
}
export const content_genre = (ask: Ask) => lowered(content(ask)['genre'])
export const content_series = (ask: Ask) => lowered(content(ask)['series'])
export const content_title = (ask: Ask) => lowered(content(ask)['title'])
export const content_language = (ask: Ask) => languageCode(first(content(ask)['language'], content(ask)['langb']))
export const content_rating = (ask: Ask) => number(content(ask)['qagmediarating'])
export function content_livestream(ask: Ask): string[] {
  const flag = number(first(content(ask)['livestream']))
  return flag === 0 ? ['false'] : flag === 1 ? ['true'] : []
}
