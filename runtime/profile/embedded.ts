/**
 * The profile store that needs no other process: a file of one user a line, held in memory and read again when it changes.
 * Fails towards "unknown": a user that it does not know, and every user before a good file, is in none of its audiences,
 * so line items that ask for one do not bid and those that exclude one do. A bad file leaves the last good one in use.
 */
import { readFileSync, statSync } from 'node:fs'
import type { Profiles } from '../serve/bidder.ts'

/** Held once per serving thread, hence small; a larger store belongs in a process of its own. */
const MAX_BYTES = 64 * 2 ** 20
const MAX_AUDIENCES = 1000
const MAX_KEY = 512

export interface EmbeddedProfiles extends Profiles {
  /** Looks at the file now. True: it was new and good. */
  look(): boolean
  stop(): void
}

type Users = ReadonlyMap<string, readonly string[]>

/** @param refused told once for each version of the file, without what the file says: it holds ids of people */
export function openProfiles(file: string, poll_ms: number, refused: (why: string) => void): EmbeddedProfiles {
  let seen = ''
  let users: Users = new Map()
  const look = (): boolean => {
    const sight = sightOf(file)
    if (sight.text === seen) return false
    seen = sight.text
    const read = sight.bytes > MAX_BYTES ? `has more than ${MAX_BYTES} bytes` : readUsers(file)
    if (typeof read === 'string') refused(`the profiles file ${read}`)
    else users = read
    return typeof read !== 'string'
  }
  const timer = setInterval(look, poll_ms).unref()
  look()
  return {
    lookup: async (exchange, key) => users.get(userOf(exchange, key)) ?? null,
    look,
    stop: () => clearInterval(timer),
  }
}

/** No id of an exchange holds a line feed (exchange schema), so no two users share a key. */
const userOf = (exchange: string, key: string): string => `${exchange}\n${key}`

function sightOf(file: string): { text: string; bytes: number } {
  try {
    const { mtimeMs, size, ino } = statSync(file)
    return { text: `${mtimeMs} ${size} ${ino}`, bytes: size }
  } catch {
    return { text: 'absent', bytes: 0 }
  }
}

function readUsers(file: string): Users | string {
  try {
    return parseProfiles(readFileSync(file, 'utf8'))
  } catch {
    return 'cannot be read'
  }
}

/** NDJSON of {exchange, key, audiences} → users, or what is wrong with which line. The last line of a user counts. */
export function parseProfiles(text: string): Users | string {
  const users = new Map<string, readonly string[]>()
  let line = 0
  for (const row of text.split('\n')) {
    line++
    if (row.trim() === '') continue
    const user = readUser(row)
    if (!user) return `is wrong in line ${line}: expected {"exchange", "key", "audiences": [names]}`
    users.set(userOf(user.exchange, user.key), user.audiences)
  }
  return users
}

function readUser(row: string): { exchange: string; key: string; audiences: string[] } | null {
  let json: unknown
  try {
    json = JSON.parse(row)
  } catch {
    return null
  }
  if (typeof json !== 'object' || json === null) return null
  const { exchange, key, audiences } = json as Record<string, unknown> // an object; each field is checked
  if (typeof exchange !== 'string' || typeof key !== 'string' || key === '' || key.length > MAX_KEY) return null
  if (!Array.isArray(audiences) || audiences.length > MAX_AUDIENCES) return null
  return audiences.every(name => typeof name === 'string') ? { exchange, key, audiences } : null
}
