import { canonicalTaxonomy } from '@flightplan/contract/taxonomy.ts'
import type { Auction, Inventory } from '../auction.ts'
import {
  addKeywords,
  answer,
  isObject,
  type Json,
  NO_LIST,
  object,
  positive,
  prose,
  text,
  texts,
  within,
} from './json.ts'

const MAX_CATEGORIES = 64
const MAX_KEYWORDS = 128
/** IAB content taxonomy 1.0, the default of `cattax`. */
const FIRST_TAXONOMY = 1

const NO_CONTENT: Inventory['content'] = Object.freeze({
  genre: '',
  rating: null,
  language: '',
  series: '',
  title: '',
  livestream: null,
})

/** Site, app or DOOH object (`value`) of a request whose channel is `channel`. */
export function parseInventory(value: unknown, channel: Auction['channel']): Inventory {
  const place = object(value)
  const content = isObject(place['content']) ? place['content'] : null
  const page = channel === 'site' ? prose(place['page']) : ''
  return {
    id: text(place['id']),
    domain: host(text(place['domain'])) || host(page),
    page,
    bundle: text(place['bundle']).trim(),
    publisher: text(object(place['publisher'])['id']),
    categories: categories(place, content),
    keywords: keywords(place, content),
    content: content === null ? NO_CONTENT : readContent(content),
  }
}

/**
 * Lower-case host of a domain or URL: 556 of 3,313 requests give a page and no domain, and publishers' block lists and
 * ads.txt go by domain. Ports, paths and credentials are cut off.
 */
function host(written: string): string {
  if (written === '') return ''
  const scheme = written.indexOf('://')
  let from = scheme < 0 ? 0 : scheme + 3
  const end = authorityEnd(written, from)
  const at = written.lastIndexOf('@', end - 1)
  if (at >= from) from = at + 1
  const colon = written.indexOf(':', from)
  return written
    .slice(from, colon >= 0 && colon < end ? colon : end)
    .trim()
    .toLowerCase()
}

function authorityEnd(written: string, from: number): number {
  for (let at = from; at < written.length; at++) {
    const char = written[at]
    if (char === '/' || char === '?' || char === '#') return at
  }
  return written.length
}

function categories(place: Json, content: Json | null): string[] {
  const found: string[] = []
  const taxonomy = canonicalTaxonomy(positive(place['cattax']) || FIRST_TAXONOMY)
  addCategories(found, place['pagecat'], taxonomy)
  addCategories(found, place['sectioncat'], taxonomy)
  addCategories(found, place['cat'], taxonomy)
  if (content !== null)
    addCategories(found, content['cat'], canonicalTaxonomy(positive(content['cattax']) || FIRST_TAXONOMY))
  return found.length === 0 ? NO_LIST : found
}

function addCategories(into: string[], value: unknown, taxonomy: number): void {
  for (const id of texts(value, MAX_CATEGORIES)) {
    const category = `${taxonomy}:${id}`
    if (into.length < MAX_CATEGORIES && !into.includes(category)) into.push(category)
  }
}

function keywords(place: Json, content: Json | null): string[] {
  const found: string[] = []
  addKeywords(found, place['kwarray'], MAX_KEYWORDS)
  addKeywords(found, place['keywords'], MAX_KEYWORDS)
  if (content !== null) {
    addKeywords(found, content['kwarray'], MAX_KEYWORDS)
    addKeywords(found, content['keywords'], MAX_KEYWORDS)
  }
  return found.length === 0 ? NO_LIST : found
}

function readContent(content: Json): Inventory['content'] {
  return {
    genre: text(content['genre']),
    rating: within(content['qagmediarating'], 1, 3),
    language: text(content['language']) || text(content['langb']),
    series: prose(content['series']),
    title: prose(content['title']),
    livestream: answer(content['livestream']),
  }
}
