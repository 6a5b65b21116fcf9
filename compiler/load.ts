/** A folder → its files, sorted by path. The only stage that touches the disk before `write`. */
import { createHash } from 'node:crypto'
import { type Dirent, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { Diagnostic } from '@flightplan/contract/diagnostic.ts'
import type { ErrorCode } from '@flightplan/contract/errors.ts'
import { FOLDERS, isRead, ROOT_FILE } from './folders.ts'
import { type Found, type KeptRun, KeptSources } from './kept-sources.ts'

export interface SourceFile {
  /** Relative to the root, with forward slashes. */
  path: string
  bytes: Uint8Array
  /** Git's blob id (sha1), so that a cache hit can be told from `git ls-tree` too. */
  blob_id: string
}

export interface LoadResult {
  /** YAML of campaigns/, exchanges/, models/ and flightplan.yaml, by path. */
  yaml: SourceFile[]
  /** Everything else below those and policies/ (markup, lists, models, vectors, Rego, WASM), by path. */
  side: Map<string, SourceFile>
  diagnostics: Diagnostic[]
}

interface Walk {
  found: Found[]
  diagnostics: Diagnostic[]
}

/** A YAML file holds one thing; the largest sensible one, 2,000 inline line items, is below this. */
export const MAX_YAML_BYTES = 1_048_576
/** Models and inventory lists. */
export const MAX_SIDE_BYTES = 67_108_864

/**
 * Reads the tree below `root`. Hidden files and folders are left out.
 * @param kept of a resident compiler: files that the disk says are unchanged are not read again
 */
export function loadTree(root: string, kept = new KeptSources()): LoadResult {
  const result: Walk = { found: [], diagnostics: [] }
  const realRoot = realpathSync(root)
  for (const entry of entriesOf(realRoot, '', result)) {
    if (entry.name === ROOT_FILE || FOLDERS.includes(entry.name)) visit(realRoot, entry.name, entry, result)
  }
  const found = result.found.sort((a, b) => (a.path < b.path ? -1 : 1))
  return { ...readAll(realRoot, found, kept.since(found), result.diagnostics), diagnostics: result.diagnostics }
}

function readAll(
  root: string,
  found: readonly Found[],
  kept: KeptRun,
  diagnostics: Diagnostic[],
): Pick<LoadResult, 'yaml' | 'side'> {
  const yaml: SourceFile[] = []
  const side = new Map<string, SourceFile>()
  for (const file of found) {
    const { path } = file
    try {
      const source = kept.of(file, () => sourceFile(path, readFileSync(`${root}/${path}`)))
      if (isYaml(path)) yaml.push(source)
      else side.set(path, source)
    } catch (error) {
      diagnostics.push(fault('FP1012', path, `the file cannot be read (${errorCode(error)})`))
    }
  }
  return { yaml, side }
}

const isYaml = (path: string): boolean => !path.startsWith('policies/') && /\.ya?ml$/.test(path)

/** A source file that is in memory: for tests, editors and other branches. */
export function sourceFile(path: string, bytes: Uint8Array | string): SourceFile {
  const data = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes
  return { path, bytes: data, blob_id: blobId(data) }
}

/** Git's id of a blob: sha1 of "blob <size>\0" and the bytes. */
export function blobId(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex')
}

function visit(root: string, path: string, entry: Dirent, result: Walk): void {
  if (entry.isSymbolicLink()) visitLink(root, path, result)
  else if (entry.isDirectory()) {
    for (const child of entriesOf(root, path, result)) visit(root, `${path}/${child.name}`, child, result)
  } else if (entry.isFile()) find(root, path, result)
  else result.diagnostics.push(fault('FP1012', path, 'neither a file nor a folder', 'remove it'))
}

function entriesOf(root: string, path: string, result: Walk): Dirent[] {
  try {
    const entries = readdirSync(join(root, path), { withFileTypes: true })
    return entries.filter(entry => isRead(entry.name))
  } catch (error) {
    result.diagnostics.push(fault('FP1012', path, `the folder cannot be read (${errorCode(error)})`))
    return []
  }
}

/** Links to files inside of the root are read as the file; links to folders could be cycles and are refused. */
function visitLink(root: string, path: string, result: Walk): void {
  const fix = 'replace the link with the file'
  try {
    const target = realpathSync(join(root, path))
    if (target.startsWith(root + sep) && statSync(target).isFile()) find(root, path, result)
    else result.diagnostics.push(fault('FP1011', path, 'the link leads to a folder, or out of the repository', fix))
  } catch {
    result.diagnostics.push(fault('FP1011', path, 'the link leads nowhere', fix))
  }
}

function find(root: string, path: string, result: Walk): void {
  const limit = isYaml(path) ? MAX_YAML_BYTES : MAX_SIDE_BYTES
  try {
    const stats = statSync(`${root}/${path}`)
    if (stats.size <= limit) result.found.push({ path, stats })
    else {
      const message = `the file has ${stats.size} bytes; at most ${limit} are read`
      result.diagnostics.push(fault('FP1001', path, message, 'split it; long lists go to a text file named by `file:`'))
    }
  } catch (error) {
    result.diagnostics.push(fault('FP1012', path, `the file cannot be read (${errorCode(error)})`))
  }
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}

function fault(code: ErrorCode, path: string, message: string, fix?: string): Diagnostic {
  const start = { line: 1, col: 1, offset: 0 }
  const span = { file: path, start, end: start }
  return { code, severity: 'error', span, message, notes: [], ...(fix === undefined ? {} : { fix }) }
}
