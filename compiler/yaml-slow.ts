/**
 * The `yaml` package, for the files that `yaml-fast.ts` leaves: every form of YAML 1.2, and every fault with its place.
 * Anchors, aliases, tags and merge keys are refused: a line means what stands in it, and no text expands.
 */
import type { ErrorCode } from '@flightplan/contract/errors.ts'
import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Range as NodeRange,
  type ParsedNode,
  Parser,
  visit,
  type YAMLError,
} from 'yaml'
import { FORBIDDEN_KEYS, MAX_DEPTH, plainScalar } from './yaml-scalar.ts'
import { shapeOfItem, shapeOfKey, type TextShape, textShape } from './yaml-text.ts'
import {
  closeRow,
  endOfRow,
  newTree,
  openRow,
  type Range,
  sealTree,
  type TreeBuilder,
  type YamlTree,
} from './yaml-tree.ts'

export interface YamlFault {
  code: ErrorCode
  range: Range
  message: string
  fix?: string
}

export interface SlowParse {
  /** Undefined when the text could not be read as a whole. */
  value: unknown
  tree: YamlTree
  faults: YamlFault[]
}

const NOTHING_READ = (faults: YamlFault[]): SlowParse => ({ value: undefined, tree: sealTree(newTree()), faults })

export function parseSlow(text: string): SlowParse {
  const tokens = [...new Parser().parse(text)]
  const deep = tooDeep(tokens)
  if (deep) return NOTHING_READ([deep])
  // its own check of unique keys compares each with all before it: half a minute for 50,000
  const composer = new Composer({ version: '1.2', schema: 'core', stringKeys: true, uniqueKeys: false })
  const [document, second] = [...composer.compose(tokens, true, text.length)]
  if (!document?.contents) return NOTHING_READ([faultAt('FP1007', 0, 0, 'the file is empty', EMPTY_FIX)])
  const faults = document.errors.map(problem => yamlFault(problem, document))
  if (second) faults.push(faultAt('FP1008', second.range[0], second.range[0] + 3, 'a second document begins here'))
  // what the first syntax fault leads to is no fault of its own
  if (faults[0]) return NOTHING_READ([faults[0]])
  return convert(document, faults)
}

const EMPTY_FIX = 'remove it, or begin with the key of its kind, such as `campaign: acme-spring`'

function convert(document: Document.Parsed, faults: YamlFault[]): SlowParse {
  const tree = newTree()
  const contents = document.contents as ParsedNode // checked by the caller
  const first = isMap(contents) ? contents.items[0]?.key : undefined
  const kind = isScalar(first) ? String(first.value) : ''
  const value = nodeValue(contents, { tree, faults, name: '', key: [0, 0, 0] }, textShape(kind))
  if (value === null) faults.push(faultAt('FP1007', 0, 0, 'the file is empty', EMPTY_FIX))
  const whole = !faults.some(fault => fault.code === 'FP1005' || fault.code === 'FP1007')
  return { value: whole ? value : undefined, tree: sealTree(tree), faults: faults.slice(0, MAX_FAULTS) }
}

/** More in one file is one cause that nobody reads to the end. */
const MAX_FAULTS = 100

interface Place {
  tree: TreeBuilder
  faults: YamlFault[]
  name: string
  key: NodeRange
}

function nodeValue(node: ParsedNode | null, place: Place, shape: TextShape): unknown {
  const [start, end] = node?.range ?? [place.key[1], place.key[1]]
  const row = openRow(place.tree, place.name, place.key[0], place.key[1], start)
  if (node) refuseProperties(node, place.faults)
  const value = contentOf(node, place, shape)
  closeRow(place.tree, row, isBlock(node) ? lastEnd(place.tree, row, end) : end)
  return value
}

const isBlock = (node: ParsedNode | null): boolean => (isMap(node) || isSeq(node)) && node.flow !== true

/** A block ends with its last value; the `yaml` package counts the line end and comments below in. */
function lastEnd(tree: TreeBuilder, row: number, end: number): number {
  let last = row + 1 < tree.keys.length ? 0 : end
  for (let child = row + 1; child < tree.keys.length; child++) last = Math.max(last, endOfRow(tree, child))
  return last
}

function contentOf(node: ParsedNode | null, place: Place, shape: TextShape): unknown {
  if (isMap(node)) return mapValue(node.items, place, shape)
  if (isSeq(node)) return node.items.map(item => listItem(item, place, shapeOfItem(shape)))
  if (!isScalar(node)) return null
  return node.type === 'PLAIN' ? plainScalar(node.source, shape.text) : node.value
}

/** In flow lists `[a: b]` is a list of one map; it is a slip more often than meant, and has no node of its own. */
function listItem(item: unknown, place: Place, shape: TextShape): unknown {
  if (!isPair(item)) return nodeValue(item as ParsedNode, { ...place, name: '', key: [0, 0, 0] }, shape) // node or pair
  place.faults.push(faultAt('FP1003', 0, 1, 'a key inside of a list needs braces: [{key: value}]'))
  return null
}

function mapValue(pairs: readonly unknown[], place: Place, shape: TextShape): Record<string, unknown> {
  const map: Record<string, unknown> = {}
  for (const pair of pairs) {
    if (!isPair<ParsedNode, ParsedNode | null>(pair)) continue
    const key = pair.key
    refuseProperties(key, place.faults)
    const name = isScalar(key) ? keyText(key) : ''
    const fault = keyFault(name, key.range)
    const taken = fault ?? (Object.hasOwn(map, name) ? keyTwice(name, key.range) : null)
    if (taken) place.faults.push(taken)
    else map[name] = nodeValue(pair.value, { ...place, name, key: key.range }, shapeOfKey(shape, name))
  }
  return map
}

const keyText = (key: { value: unknown; source?: string }): string => String(key.value ?? '')

function keyFault(name: string, range: NodeRange): YamlFault | null {
  if (name === '<<') return faultAt('FP1005', range[0], range[1], 'merge keys are not used', COPY_FIX)
  if (FORBIDDEN_KEYS.has(name))
    return faultAt('FP1010', range[0], range[1], `the key "${name}" is refused`, 'rename it')
  return name === '' ? faultAt('FP1010', range[0], range[1], 'a key is blank') : null
}

const keyTwice = (name: string, [start, end]: NodeRange): YamlFault =>
  faultAt('FP1004', start, end, `the key "${name}" stands twice in its map`, 'remove or rename one of them')

const COPY_FIX = 'write the value out here, or use `defaults:` of the campaign'

/** An alias is not reported beside an anchor: it is the same cause. Tags are set only where one is written. */
function refuseProperties(node: ParsedNode, faults: YamlFault[]): void {
  const [start, end] = node.range
  if (isAlias(node)) {
    const known = faults.some(fault => fault.code === 'FP1005')
    if (!known) faults.push(faultAt('FP1005', start, end, `the alias *${node.source} is not used`, COPY_FIX))
    return
  }
  if (node.anchor) faults.push(faultAt('FP1005', start, end, `the anchor &${node.anchor} is not used`, COPY_FIX))
  if (node.tag) faults.push(faultAt('FP1006', start, end, `the tag ${node.tag} is not used`, TAG_FIX))
}

const TAG_FIX = 'remove it; quote what must be text'

/** The parser of the `yaml` package keeps a stack of its own; only the composer recurses, and would overflow. */
function tooDeep(tokens: CST.Token[]): YamlFault | null {
  for (const token of tokens) {
    if (token.type !== 'document' || !token.value) continue
    const stack: [CST.Token, number][] = [[token.value, 1]]
    for (let entry = stack.pop(); entry; entry = stack.pop()) {
      const [node, depth] = entry
      if (depth > MAX_DEPTH) {
        return faultAt('FP1009', node.offset, node.offset + 1, `nested more than ${MAX_DEPTH} levels deep`)
      }
      if (!('items' in node)) continue
      for (const item of node.items) {
        if (item.key) stack.push([item.key, depth + 1])
        if (item.value) stack.push([item.value, depth + 1])
      }
    }
  }
  return null
}

function yamlFault(error: YAMLError, document: Document.Parsed): YamlFault {
  const [start, end] = error.pos
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return faultAt('FP1013', start, end, 'a tab is no indentation in YAML', 'use spaces')
    case 'NON_STRING_KEY':
      return faultAt('FP1010', start, end, 'a key must be plain text')
    case 'TAG_RESOLVE_FAILED':
      return faultAt('FP1006', start, end, 'tags are not used', TAG_FIX)
    case 'BAD_ALIAS':
    case 'ALIAS_PROPS':
      return faultAt('FP1005', start, end, 'anchors and aliases are not used', COPY_FIX)
    case 'MISSING_CHAR':
      return faultAt('FP1003', openingOf(document, start), end, lowerFirst(error.message).replace(/"quote$/, 'quote'))
    default:
      return faultAt('FP1003', start, end, lowerFirst(error.message))
  }
}

/** Where the value begins that has no end: the parser notices at the end of the file, the slip is at the beginning. */
function openingOf(document: Document.Parsed, offset: number): number {
  let opening = offset
  visit(document, {
    Scalar: (_, node) => {
      const quoted = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE'
      if (quoted && node.range && node.range[1] >= offset) opening = Math.min(opening, node.range[0])
    },
  })
  return opening
}

const lowerFirst = (message: string): string => message.charAt(0).toLowerCase() + message.slice(1)

function faultAt(code: ErrorCode, start: number, end: number, message: string, fix?: string): YamlFault {
  return { code, range: { start, end: Math.max(end, start + 1) }, message, ...(fix === undefined ? {} : { fix }) }
}
