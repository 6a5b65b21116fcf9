/** One file: bytes → plain value, with the place of every part of it. Pure, so that it may be cached by blob id. */
import type { Diagnostic, Position, Span } from '@flightplan/contract/diagnostic.ts'
import type { SourceFile } from './load.ts'
import { parseFast } from './yaml-fast.ts'
import { parseSlow, type YamlFault } from './yaml-slow.ts'
import { keyRange, type Path, type Range, valueRange, type YamlTree } from './yaml-tree.ts'

export interface ParsedFile {
  path: string
  blob_id: string
  text: string
  /** Plain objects, lists, text, numbers, booleans and nulls; undefined when the text could not be read as a whole. */
  value: unknown
  /** Place of the value at a path; of the nearest value above it where there is none. */
  at(path: Path): Span
  /** Place of the key of the value at a path; of the value itself in lists and at the root. */
  keyAt(path: Path): Span
}

export interface ParseResult {
  file: ParsedFile
  diagnostics: Diagnostic[]
}

export function parseFile(source: SourceFile): ParseResult {
  const text = decode(source.bytes)
  if (text === null) {
    const file = parsedFile(source, '', undefined, { rows: new Uint32Array(0), keys: [] })
    const fix = 'save it as UTF-8, or give it the ending of what it is'
    return { file, diagnostics: [diagnostic(file, binaryFault(source.bytes), fix)] }
  }
  const fast = parseFast(text)
  if (fast) return { file: parsedFile(source, text, fast.value, fast.tree), diagnostics: [] }
  const { value, tree, faults } = parseSlow(text)
  const file = parsedFile(source, text, value, tree)
  return { file, diagnostics: faults.map(fault => diagnostic(file, fault, fault.fix)) }
}

function parsedFile(source: SourceFile, text: string, value: unknown, tree: YamlTree): ParsedFile {
  const { path, blob_id } = source
  let lines: number[] | null = null
  const span = ({ start, end }: Range): Span => {
    lines ??= lineStarts(text)
    return { file: path, start: position(lines, start), end: position(lines, end) }
  }
  const at = (where: Path) => span(valueRange(tree, where))
  return { path, blob_id, text, value, at, keyAt: where => span(keyRange(tree, where)) }
}

/** Fatal decoding: a replaced character in a name or amount would go unseen. A byte order mark is dropped. */
function decode(bytes: Uint8Array): string | null {
  if (bytes.includes(0)) return null
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

function binaryFault(bytes: Uint8Array): YamlFault {
  const nul = bytes.indexOf(0)
  const message = nul >= 0 ? `byte ${nul} is NUL: this is no text file` : 'the file is not UTF-8'
  return { code: 'FP1002', range: { start: 0, end: 0 }, message }
}

function diagnostic(file: ParsedFile, fault: YamlFault, fix?: string): Diagnostic {
  const lines = lineStarts(file.text)
  const span = { file: file.path, start: position(lines, fault.range.start), end: position(lines, fault.range.end) }
  return { code: fault.code, severity: 'error', span, message: fault.message, notes: [], ...(fix ? { fix } : {}) }
}

/** Offsets at which lines begin. */
export function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** @param starts of {@link lineStarts} */
export function position(starts: number[], offset: number): Position {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return { line: low + 1, col: offset - (starts[low] ?? 0) + 1, offset }
}
