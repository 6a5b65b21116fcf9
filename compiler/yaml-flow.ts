/** What stands on one line, and flow collections: the tokens of `yaml-fast.ts`. Everything ends behind what it read. */
import { FORBIDDEN_KEYS, MAX_DEPTH, plainScalar } from './yaml-scalar.ts'
import { shapeOfItem, shapeOfKey, type TextShape } from './yaml-text.ts'
import { closeRow, openRow, type TreeBuilder } from './yaml-tree.ts'

/** Not a value: the text is beyond this parser. */
export const BEYOND = Symbol('beyond')
export type Parsed = unknown

export interface State {
  text: string
  /** Offset of the next character; at the first character of a token between calls. */
  at: number
  /** Column of the line that `at` is in where only blanks stand before it, else that of the line's first token. */
  column: number
  depth: number
  tree: TreeBuilder
  /** End of the value read last: the parser is already at the next token when its parent closes. */
  lastEnd: number
  /** Key of the value that is being read. */
  name: string
  keyStart: number
  keyEnd: number
}

export const NEWLINE = 10
export const SPACE = 32
const QUOTE = 34
export const HASH = 35
const APOSTROPHE = 39
const COMMA = 44
export const DASH = 45
const COLON = 58
export const OPEN_LIST = 91
const CLOSE_LIST = 93
export const OPEN_MAP = 123
export const PIPE = 124
const CLOSE_MAP = 125

/** First characters of a plain scalar that mean something else. */
const INDICATORS = new Set([...'-?:,[]{}#&*!|>\'"%@`'].map(c => c.charCodeAt(0)))

/** Moves to the next token on a later line; sets its column. */
export function skipBlankLines(state: State): void {
  const { text } = state
  for (;;) {
    const lineStart = state.at
    let at = lineStart
    while (text.charCodeAt(at) === SPACE) at++
    state.at = at
    state.column = at - lineStart
    const code = text.charCodeAt(at)
    if (code === HASH) {
      const end = text.indexOf('\n', at)
      state.at = end < 0 ? text.length : end + 1
    } else if (code === NEWLINE) state.at = at + 1
    else return
    if (state.at >= text.length) return
  }
}

export function openValue(state: State): number {
  return openRow(state.tree, state.name, state.keyStart, state.keyEnd, state.at)
}

/** Reads `key:`; `at` is behind the colon afterwards. */
export function readKey(state: State, flow: boolean): boolean {
  const { text } = state
  const start = state.at
  const code = text.charCodeAt(start)
  const key = code === QUOTE || code === APOSTROPHE ? quoted(state, code) : plain(state, flow)
  if (key === null || key === '' || key === '<<' || FORBIDDEN_KEYS.has(key)) return false
  state.name = key
  state.keyStart = start
  state.keyEnd = state.at
  if (text.charCodeAt(state.at) !== COLON) return false
  const next = text.charCodeAt(++state.at)
  return next === SPACE || next === NEWLINE || Number.isNaN(next)
}

/** Text in quotes on one line, without escapes; null when it is more than that. */
function quoted(state: State, quote: number): string | null {
  const { text } = state
  const start = state.at + 1
  let end = text.indexOf(quote === QUOTE ? '"' : "'", start)
  if (end < 0) return null
  while (quote === APOSTROPHE && text.charCodeAt(end + 1) === APOSTROPHE) {
    end = text.indexOf("'", end + 2)
    if (end < 0) return null
  }
  const body = text.slice(start, end)
  if (body.includes('\n') || (quote === QUOTE && body.includes('\\'))) return null
  state.at = end + 1
  return quote === QUOTE ? body : body.replaceAll("''", "'")
}

/** An unquoted scalar, up to a comment, a colon, the end of the line, or a flow indicator; null when there is none. */
function plain(state: State, flow: boolean): string | null {
  const { text } = state
  const start = state.at
  const first = text.charCodeAt(start)
  const next = text.charCodeAt(start + 1)
  if (INDICATORS.has(first) && (first !== DASH || !isPlainBody(next, flow))) return null
  let at = start
  let end = start
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === NEWLINE) break
    if (code === SPACE) continue
    if (code === COLON && endsKey(text.charCodeAt(at + 1), flow)) break
    if (code === HASH && text.charCodeAt(at - 1) === SPACE) break
    if (flow && isFlowIndicator(code)) break
    end = at + 1
  }
  state.at = end
  return end === start ? null : text.slice(start, end)
}

const isFlowIndicator = (code: number): boolean =>
  code === COMMA || code === OPEN_LIST || code === CLOSE_LIST || code === OPEN_MAP || code === CLOSE_MAP
const isPlainBody = (code: number, flow: boolean): boolean =>
  code > SPACE && code !== COLON && !(flow && isFlowIndicator(code))
const endsKey = (next: number, flow: boolean): boolean =>
  next === SPACE || next === NEWLINE || Number.isNaN(next) || (flow && isFlowIndicator(next))

/** A flow collection, or a scalar, that begins at `at`. Ends behind it. */
export function flowValue(state: State, indent: number, shape: TextShape, flow: boolean): Parsed {
  const code = state.text.charCodeAt(state.at)
  if (code === OPEN_LIST) return flowList(state, indent, shape)
  if (code === OPEN_MAP) return flowMap(state, indent, shape)
  const row = openValue(state)
  const isQuoted = code === QUOTE || code === APOSTROPHE
  const source = isQuoted ? quoted(state, code) : plain(state, flow)
  if (source === null) return BEYOND
  closeRow(state.tree, row, state.at)
  return isQuoted ? source : plainScalar(source, shape.text)
}

/** Blanks and line ends between the tokens of a flow collection. A line that is not deeper than its block is a fault. */
function skipFlow(state: State, indent: number): boolean {
  const { text } = state
  for (;;) {
    const code = text.charCodeAt(state.at)
    if (code === SPACE) state.at++
    else if (code === NEWLINE) {
      state.at++
      skipBlankLines(state)
      if (state.column <= indent) return false
    } else return code !== HASH && state.at < text.length
  }
}

/** Behind an entry: a comma (more may follow) or the closing bracket. */
function flowNext(state: State, indent: number, close: number): 'more' | 'end' | null {
  if (!skipFlow(state, indent)) return null
  const code = state.text.charCodeAt(state.at++)
  if (code === close) return 'end'
  if (code !== COMMA || !skipFlow(state, indent)) return null
  if (state.text.charCodeAt(state.at) !== close) return 'more'
  state.at++
  return 'end'
}

function flowList(state: State, indent: number, shape: TextShape): Parsed {
  if (++state.depth > MAX_DEPTH) return BEYOND
  const list: unknown[] = []
  const row = openValue(state)
  state.at++
  if (!skipFlow(state, indent)) return BEYOND
  let next: 'more' | 'end' | null = 'more'
  if (state.text.charCodeAt(state.at) === CLOSE_LIST) {
    state.at++
    next = 'end'
  }
  while (next === 'more') {
    state.name = ''
    state.keyStart = 0
    state.keyEnd = 0
    const value = flowValue(state, indent, shapeOfItem(shape), true)
    if (value === BEYOND) return BEYOND
    list.push(value)
    next = flowNext(state, indent, CLOSE_LIST)
  }
  closeRow(state.tree, row, state.at)
  state.depth--
  return next === null ? BEYOND : list
}

function flowMap(state: State, indent: number, shape: TextShape): Parsed {
  if (++state.depth > MAX_DEPTH) return BEYOND
  const map: Record<string, unknown> = {}
  const row = openValue(state)
  state.at++
  if (!skipFlow(state, indent)) return BEYOND
  let next: 'more' | 'end' | null = 'more'
  if (state.text.charCodeAt(state.at) === CLOSE_MAP) {
    state.at++
    next = 'end'
  }
  while (next === 'more') {
    if (!readKey(state, true) || Object.hasOwn(map, state.name) || !skipFlow(state, indent)) return BEYOND
    const key = state.name
    const value = flowValue(state, indent, shapeOfKey(shape, key), true)
    if (value === BEYOND) return BEYOND
    map[key] = value
    next = flowNext(state, indent, CLOSE_MAP)
  }
  closeRow(state.tree, row, state.at)
  state.depth--
  return next === null ? BEYOND : map
}
