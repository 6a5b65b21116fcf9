/**
 * Reads of single values out of a request whose types cannot be trusted (openrtb.md §10: 300.0, "1", true for 1, a
 * string where a list belongs, null or a string for an object). Each gives the type it names, whatever it was given.
 * Nothing is ever written under a name from the request, so an own `__proto__` in it is only a field that is not read.
 */
export type Json = { readonly [field: string]: unknown }

/** What is used as a key (ids, domains, categories) and is longer than this is not used at all: cut, it would collide. */
export const MAX_KEY_CHARS = 512
/** Text that is only searched or shown (user agent, page, titles) is cut here. */
const MAX_TEXT_CHARS = 2048
/** Cutting a block list would break a publisher's block: this only bounds what the body limit already bounds. */
export const MAX_BLOCKS = 16_384

const NO_FIELDS: Json = Object.freeze({})
// One shared list for all that is absent. Frozen, so that no reader can fill it for the others.
export const NO_LIST: never[] = Object.freeze([]) as unknown as never[] // frozen arrays are `readonly` in the types

const DECIMAL = /^\s*[-+]?\d{1,18}(?:\.\d{0,18})?(?:[eE][-+]?\d{1,2})?\s*$/

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object, or one without fields. */
export function object(value: unknown): Json {
  return isObject(value) ? value : NO_FIELDS
}

/** The array, or an empty one. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : NO_LIST
}

/** A string or number as text; '' for anything else and for what is too long to be a key. */
export function text(value: unknown): string {
  if (typeof value === 'string') return value.length <= MAX_KEY_CHARS ? value : ''
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : '' // 1e999 is read as Infinity
}

/** As {@link text}, but long text is cut instead of dropped: not for keys. */
export function prose(value: unknown): string {
  if (typeof value === 'string') return value.length <= MAX_TEXT_CHARS ? value : value.slice(0, MAX_TEXT_CHARS)
  return text(value)
}

/** A finite number, also out of decimal text. */
export function number(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  return typeof value === 'string' && DECIMAL.test(value) ? Number(value) : null
}

/** A safe integer; fractions are cut off (`300.5`, `"2.0"`), true and false are 1 and 0. */
export function integer(value: unknown): number | null {
  if (typeof value === 'boolean') return value ? 1 : 0
  const read = number(value)
  if (read === null) return null
  const whole = Math.trunc(read) + 0 // + 0: no negative zero
  return Number.isSafeInteger(whole) ? whole : null
}

/** An integer of `least` to `most`; null otherwise. */
export function within(value: unknown, least: number, most: number): number | null {
  if (value === undefined) return null
  const read = integer(value)
  return read !== null && read >= least && read <= most ? read : null
}

/** An integer above 0; 0 otherwise. */
export function positive(value: unknown): number {
  return within(value, 1, Number.MAX_SAFE_INTEGER) ?? 0
}

/** A price or floor: a number of 0 or more; 0 otherwise. */
export function amount(value: unknown): number {
  const read = value === undefined ? 0 : number(value)
  return read !== null && read > 0 ? read : 0
}

/** 0/1, booleans and their text; null when the request does not say. */
export function answer(value: unknown): boolean | null {
  if (value === undefined) return null
  if (value === 1 || value === true || value === '1' || value === 'true') return true
  return value === 0 || value === false || value === '0' || value === 'false' ? false : null
}

export function flag(value: unknown): boolean {
  return answer(value) === true
}

/**
 * Strings of a list, or a lone string as a list of one; blanks and what is too long are dropped, at most `most` stay.
 * A list that is already clean, the usual case, is taken as it is: block lists are long and this is the hot path.
 */
export function texts(value: unknown, most: number): string[] {
  if (value === undefined) return NO_LIST
  if (!Array.isArray(value)) {
    const single = text(value)
    return single === '' ? NO_LIST : [single]
  }
  if (value.length === 0) return NO_LIST
  return isClean(value, most) ? value : cleaned(value, most)
}

function isClean(values: readonly unknown[], most: number): values is string[] {
  if (values.length > most) return false
  for (const value of values) {
    if (typeof value !== 'string' || value === '' || value.length > MAX_KEY_CHARS) return false
  }
  return true
}

function cleaned(values: readonly unknown[], most: number): string[] {
  const kept: string[] = []
  for (let at = 0; at < values.length && kept.length < most; at++) {
    const read = text(values[at])
    if (read !== '') kept.push(read)
  }
  return kept.length === 0 ? NO_LIST : kept
}

/** Numbers of a list (or a lone one) as a mask: bit n is number n, 1 to 30. Exchange-specific ones (500+) have none. */
export function bits(value: unknown): number {
  if (value === undefined) return 0
  if (!Array.isArray(value)) return bit(value)
  let mask = 0
  for (const entry of value) mask |= bit(entry)
  return mask
}

function bit(value: unknown): number {
  const read = within(value, 1, 30)
  return read === null ? 0 : 1 << read
}

/** Integers of a list, or a lone one; what is none is dropped, at most `most` stay. */
export function integers(value: unknown, most: number): number[] {
  if (value === undefined) return NO_LIST
  const kept: number[] = []
  for (const entry of Array.isArray(value) ? value : [value]) {
    const read = integer(entry)
    if (read !== null && kept.length < most) kept.push(read)
  }
  return kept.length === 0 ? NO_LIST : kept
}

/** ISO 4217 as far as it can be one: upper case. An invalid code stays, as it has no rate and so gets no bid. */
export function currency(value: unknown): string {
  if (value === undefined || value === 'USD') return 'USD'
  const code = text(value).trim().toUpperCase()
  return code === '' ? 'USD' : code
}

/** Adds words of a comma-separated string, or of a list, to `into`, trimmed, until it holds `most`. */
export function addKeywords(into: string[], value: unknown, most: number): void {
  if (typeof value === 'string') addSplit(into, value, most)
  else for (const entry of list(value)) if (into.length < most) addWord(into, text(entry))
}

function addSplit(into: string[], value: string, most: number): void {
  for (let from = 0; from < value.length && into.length < most; ) {
    const comma = value.indexOf(',', from)
    const to = comma < 0 ? value.length : comma
    if (to - from <= MAX_KEY_CHARS) addWord(into, value.slice(from, to))
    from = to + 1
  }
}

function addWord(into: string[], raw: string): void {
  const word = raw.trim()
  if (word !== '') into.push(word)
}
