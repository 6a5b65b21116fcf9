/**
 * A parser of the YAML that people and `flight fmt` write: block and flow collections, plain and quoted scalars on one
 * line, literal blocks, comments. Whatever else it meets, well-formed or not, it gives up and `yaml-slow.ts` decides: so
 * it needs no messages, and must never accept what the other refuses or read it differently (a property test).
 *
 * Measured: a line item of 0.9 KB in 18 µs; the `yaml` package takes 615 µs.
 */
import {
  BEYOND,
  DASH,
  flowValue,
  HASH,
  NEWLINE,
  OPEN_LIST,
  OPEN_MAP,
  openValue,
  type Parsed,
  PIPE,
  readKey,
  SPACE,
  type State,
  skipBlankLines,
} from './yaml-flow.ts'
import { MAX_DEPTH } from './yaml-scalar.ts'
import { shapeOfItem, shapeOfKey, type TextShape, textShape } from './yaml-text.ts'
import { closeRow, newTree, openRow, sealTree, type YamlTree } from './yaml-tree.ts'

/** Line ends other than \n, tabs, controls, invisible characters and document marks: all change what a line means. */
const ODD = /[^\n\P{Cc}]|\p{Cf}|\p{Zl}|\p{Zp}|\p{Cs}|^(?:---|\.\.\.|%)/mu

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

/** `|` and `|-`: the lines below, less their indentation. Other forms are beyond. */
function literal(state: State, indent: number): Parsed {
  const header = /\|(-?)\n( *)(?=[^ \n])/y
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
    const column = line.search(/[^ ]/)
    if (column < 0) return BEYOND // a blank line may belong to the block or not
    if (column < width) break
    lines.push(line.slice(width))
    at = end + 1
  }
  if (state.text.charCodeAt(at - 1) !== NEWLINE) return BEYOND // the last line end is part of the value
  closeRow(state.tree, row, at)
  state.lastEnd = at
  state.at = at
  skipBlankLines(state)
  if (state.column > indent && state.at < state.text.length) return BEYOND
  return lines.join('\n') + (found[1] === '-' ? '' : '\n')
}
