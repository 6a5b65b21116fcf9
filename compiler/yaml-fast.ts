/**
 * A parser of the YAML that people and `flight fmt` write: block and flow collections, plain and quoted scalars on one
 * line, literal blocks, comments. Whatever else it meets, well-formed or not, it gives up and `yaml-slow.ts` decides: so
 * it needs no messages, and must never accept what the other refuses or read it differently (a property test).
 *
 * Measured: 1 KB campaign file in about 15 µs; the `yaml` package takes 500–900 µs.
 */
import { FORBIDDEN_KEYS, MAX_DEPTH, plainScalar } from './yaml-scalar.ts'
import { shapeOfItem, shapeOfKey, type TextShape, textShape } from './yaml-text.ts'
import { closeRow, newTree, openRow, sealTree, type TreeBuilder, type YamlTree } from './yaml-tree.ts'

/** Not a value: the text is beyond this parser. */
const BEYOND = Symbol('beyond')
type Parsed = unknown

interface State {
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

const NEWLINE = 10
const SPACE = 32
const QUOTE = 34
const HASH = 35
const APOSTROPHE = 39
const COMMA = 44
const DASH = 45
const COLON = 58
const OPEN_LIST = 91
const CLOSE_LIST = 93
const OPEN_MAP = 123
const PIPE = 124
const CLOSE_MAP = 125

/** Line ends other than \n, tabs, controls, invisible characters and document marks: all change what a line means. */
const ODD = /[^\n\P{Cc}]|\p{Cf}|\p{Zl}|\p{Zp}|\p{Cs}|^(?:---|\.\.\.|%)/mu
/** First characters of a plain scalar that mean something else. */
const INDICATORS = new Set([...'-?:,[]{}#&*!|>\'"%@`'].map(c => c.charCodeAt(0)))

/** The value of a text and the place of each part, or null when the text is beyond this parser. */
export function parseFast(text: string): { value: unknown; tree: YamlTree } | null {
  if (ODD.test(text)) return null
  const state: State = {
    text,
    at: 0,
    column: 0,
    depth: 0,
    tree: newTree(),
    lastEnd: 0,
    name: '',
    keyStart: 0,
    keyEnd: 0,
  }
  skipBlankLines(state)
  if (state.at >= text.length) return null
  const kind = /^[a-z_]+(?=: )/.exec(text.slice(state.at, state.at + 40))?.[0] ?? ''
  if (state.column !== 0 || kind === '') return null
  const value = blockMap(state, 0, textShape(kind))
  return value === BEYOND || state.at < text.length ? null : { value, tree: sealTree(state.tree) }
}

/** Moves to the next token on a later line; sets its column. */
function skipBlankLines(state: State): void {
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

/** After a value: only blanks and a comment may follow on the line. Then moves to the next token. */
function endLine(state: State): boolean {
  const { text } = state
  let at = state.at
  while (text.charCodeAt(at) === SPACE) at++
  const code = text.charCodeAt(at)
  if (at < text.length && code !== NEWLINE) {
    if (code !== HASH || text.charCodeAt(at - 1) !== SPACE) return false
    const end = text.indexOf('\n', at)
    at = end < 0 ? text.length : end
  }
  state.at = Math.min(at + 1, text.length)
  skipBlankLines(state)
  return true
}

function openValue(state: State): number {
  return openRow(state.tree, state.name, state.keyStart, state.keyEnd, state.at)
}

/** `at` is at the first key, which stands in column `indent`. */
function blockMap(state: State, indent: number, shape: TextShape): Parsed {
  if (++state.depth > MAX_DEPTH) return BEYOND
  const map: Record<string, unknown> = {}
  const row = openValue(state)
  let end = state.at
  for (;;) {
    if (!readKey(state, false) || Object.hasOwn(map, state.name)) return BEYOND
    const key = state.name
    const value = blockValue(state, indent, shapeOfKey(shape, key))
    if (value === BEYOND) return BEYOND
    map[key] = value
    end = state.lastEnd
    if (state.at >= state.text.length || state.column < indent) break
    if (state.column > indent) return BEYOND
  }
  closeRow(state.tree, row, end)
  state.lastEnd = end
  state.depth--
  return map
}

/** What follows `key:` or `- `: on this line, or on the next ones when indented deeper. */
function blockValue(state: State, indent: number, shape: TextShape): Parsed {
  const { text } = state
  while (text.charCodeAt(state.at) === SPACE) state.at++
  const code = text.charCodeAt(state.at)
  if (code === PIPE) return literal(state, indent)
  const empty =
    state.at >= text.length || code === NEWLINE || (code === HASH && text.charCodeAt(state.at - 1) === SPACE)
  if (!empty) return lineValue(state, indent, shape)
  const place = state.at
  if (!endLine(state)) return BEYOND
  const deeper = state.at < text.length && state.column > indent
  const dash = state.at < text.length && isDash(state)
  if (deeper) return dash ? blockList(state, state.column, shape) : blockChild(state, shape)
  if (dash && state.column === indent) return blockList(state, indent, shape)
  return blank(state, place)
}

/** A key followed by nothing is null, placed right behind its colon. */
function blank(state: State, place: number): null {
  const row = openRow(state.tree, state.name, state.keyStart, state.keyEnd, place)
  closeRow(state.tree, row, place)
  state.lastEnd = place
  return null
}

/** A collection or scalar that begins on a line of its own. */
function blockChild(state: State, shape: TextShape): Parsed {
  return startsKey(state) ? blockMap(state, state.column, shape) : BEYOND
}

/** A flow collection or a scalar, and nothing else on the line. */
function lineValue(state: State, indent: number, shape: TextShape): Parsed {
  const value = flowValue(state, indent, shape, false)
  if (value === BEYOND) return BEYOND
  state.lastEnd = state.at
  if (!endLine(state)) return BEYOND
  // a deeper line after a scalar would continue it
  return state.at < state.text.length && state.column > indent ? BEYOND : value
}

function blockList(state: State, indent: number, shape: TextShape): Parsed {
  if (++state.depth > MAX_DEPTH) return BEYOND
  const list: unknown[] = []
  const row = openValue(state)
  for (;;) {
    state.at++ // the dash
    const value = listItem(state, indent, shapeOfItem(shape))
    if (value === BEYOND) return BEYOND
    list.push(value)
    if (state.at >= state.text.length || state.column < indent) break
    if (state.column > indent) return BEYOND
    if (!isDash(state)) break
  }
  closeRow(state.tree, row, state.lastEnd)
  state.depth--
  return list
}

function listItem(state: State, indent: number, shape: TextShape): Parsed {
  const { text } = state
  const dash = state.at - 1
  while (text.charCodeAt(state.at) === SPACE) state.at++
  state.name = ''
  state.keyStart = 0
  state.keyEnd = 0
  const column = indent + state.at - dash
  const code = text.charCodeAt(state.at)
  if (state.at >= text.length || code === NEWLINE || code === HASH || isDash(state)) return BEYOND
  if (!startsKey(state)) return blockValue(state, indent, shape)
  return blockMap(state, column, shape)
}

function isDash(state: State): boolean {
  const next = state.text.charCodeAt(state.at + 1)
  return state.text.charCodeAt(state.at) === DASH && (next === SPACE || next === NEWLINE || Number.isNaN(next))
}

/** Whether the rest of this line begins with `key:`. */
function startsKey(state: State): boolean {
  const { at, name, keyStart, keyEnd } = state
  const code = state.text.charCodeAt(at)
  const found = code !== OPEN_LIST && code !== OPEN_MAP && readKey(state, false)
  Object.assign(state, { at, name, keyStart, keyEnd })
  return found
}

/** Reads `key:`; `at` is behind the colon afterwards. */
function readKey(state: State, flow: boolean): boolean {
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
function flowValue(state: State, indent: number, shape: TextShape, flow: boolean): Parsed {
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

/** `|` and `|-`: the lines below, less their indentation. Other forms are beyond. */
function literal(state: State, indent: number): Parsed {
  const header = /\|(-?)\n( *)(?=\S)/y
  header.lastIndex = state.at
  const found = header.exec(state.text)
  const width = found?.[2]?.length ?? 0
  if (!found || width <= indent) return BEYOND
  const row = openValue(state)
  const lines: string[] = []
  let at = state.at + found[0].length - width
  while (at < state.text.length) {
    const stop = state.text.indexOf('\n', at)
    const end = stop < 0 ? state.text.length : stop
    const line = state.text.slice(at, end)
    if (line.trim() === '' || line.search(/\S/) < width) break
    lines.push(line.slice(width))
    at = end + 1
  }
  // a blank line may belong to the block or not, and a missing last newline changes the value
  if (state.text.charCodeAt(at - 1) !== NEWLINE || state.text.charCodeAt(at) === NEWLINE) return BEYOND
  closeRow(state.tree, row, at)
  state.lastEnd = at
  state.at = at
  skipBlankLines(state)
  if (state.column > indent && state.at < state.text.length) return BEYOND
  return lines.join('\n') + (found[1] === '-' ? '' : '\n')
}
