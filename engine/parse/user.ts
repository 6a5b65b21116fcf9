import type { User } from '../auction.ts'
import { addKeywords, isObject, type Json, list, NO_LIST, object, text, within } from './json.ts'

const MAX_SEGMENTS = 512
const MAX_KEYWORDS = 128
const MAX_SOURCES = 64
const MAX_IDS_PER_SOURCE = 16

// Most requests have no user at all (4,448 of 6,159 in the corpus).
const NOBODY: User = Object.freeze({
  id: '',
  buyeruid: '',
  yob: null,
  gender: '',
  segments: NO_LIST,
  eids: NO_LIST,
  keywords: NO_LIST,
})

export function parseUser(value: unknown): User {
  if (!isObject(value)) return NOBODY
  return {
    id: text(value['id']),
    buyeruid: text(value['buyeruid']),
    yob: within(value['yob'], 1900, 2100),
    gender: gender(value['gender']),
    segments: segments(value['data']),
    eids: extendedIds(value),
    keywords: keywords(value),
  }
}

/** M, F or O; `male`, `female` and lower case occur. */
function gender(value: unknown): User['gender'] {
  if (typeof value !== 'string') return ''
  const said = value.length === 1 ? value.toUpperCase() : GENDER_WORDS.get(value.toLowerCase())
  return said === 'M' || said === 'F' || said === 'O' ? said : ''
}

const GENDER_WORDS: ReadonlyMap<string, string> = new Map([
  ['male', 'M'],
  ['female', 'F'],
  ['other', 'O'],
])

function segments(data: unknown): User['segments'] {
  const providers = list(data)
  if (providers.length === 0) return NO_LIST
  const found: User['segments'] = []
  for (const entry of providers) {
    const provider = object(entry)
    // YAML may name a provider by either: the id is the exchange's own, the name mostly the provider's domain.
    const known = [text(provider['id']), text(provider['name'])].filter(name => name !== '')
    const names = known.length > 0 ? new Set(known) : ['']
    for (const segment of list(provider['segment'])) {
      const id = text(object(segment)['id'])
      if (id === '') continue
      for (const name of names) if (found.length < MAX_SEGMENTS) found.push({ provider: name, id })
    }
  }
  return found
}

/** `user.eids` (2.6), or `user.ext.eids` (2.5) where that gives none. */
function extendedIds(user: Json): User['eids'] {
  const found = readIds(user['eids'])
  return found.length > 0 ? found : readIds(object(user['ext'])['eids'])
}

function readIds(value: unknown): User['eids'] {
  const written = list(value)
  if (written.length === 0) return NO_LIST
  const found: User['eids'] = []
  for (let at = 0; at < written.length && found.length < MAX_SOURCES; at++) {
    const entry = object(written[at])
    const source = text(entry['source'])
    const ids = idsOf(entry['uids'])
    if (source !== '' && ids.length > 0) found.push({ source, ids })
  }
  return found
}

function idsOf(uids: unknown): string[] {
  const ids: string[] = []
  for (const uid of list(uids)) {
    const id = text(object(uid)['id'])
    if (id !== '' && ids.length < MAX_IDS_PER_SOURCE) ids.push(id)
  }
  return ids
}

function keywords(user: Json): string[] {
  if (user['keywords'] === undefined && user['kwarray'] === undefined) return NO_LIST
  const found: string[] = []
  addKeywords(found, user['kwarray'], MAX_KEYWORDS)
  addKeywords(found, user['keywords'], MAX_KEYWORDS)
  return found
}
