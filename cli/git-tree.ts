/** A tree of a commit as the compiler reads it, straight out of Git: nothing is checked out. */
import { spawnSync } from 'node:child_process'
import { type LoadResult, MAX_SIDE_BYTES, MAX_YAML_BYTES, type SourceFile } from '@flightplan/compiler/load.ts'
import { usage } from './exit.ts'

export interface TreeAt {
  commit: string
  time_ms: number
  loaded: LoadResult
}

/** What the loader reads of a folder (compiler/load.ts); pathspecs are relative to the root. */
const ROOTS = ['campaigns', 'exchanges', 'models', 'policies', 'flightplan.yaml']
/** All files of a repository of 100,000 line items, many times over. */
const MAX_BUFFER = 1 << 30
const TIMEOUT_MS = 120_000

/** The repository at a commit, tag or branch. @throws Stop where Git knows no such commit. */
export function treeAt(root: string, ref: string): TreeAt {
  // `--end-of-options`: a ref that begins with a dash is still no option.
  const found = git(root, ['log', '-1', '--format=%H %ct', '--end-of-options', ref, '--'])?.toString().trim().split(' ')
  const [commit, seconds] = found ?? []
  if (commit === undefined || !/^[0-9a-f]{40,64}$/.test(commit))
    throw usage(`${root} has no commit "${ref}": pass a branch, a tag, a commit or a folder as --base`)
  const entries = entriesAt(root, commit)
  const bytes = blobsOf(root, [...new Set(entries.map(({ blob_id }) => blob_id))])
  const files = entries.map(({ path, blob_id }): SourceFile => ({ path, blob_id, bytes: bytes.get(blob_id)! })) // each was asked for
  const isYaml = ({ path }: SourceFile) => !path.startsWith('policies/') && /\.ya?ml$/.test(path)
  return {
    commit,
    time_ms: Number(seconds) * 1000,
    loaded: {
      yaml: files.filter(isYaml),
      side: new Map(files.filter(file => !isYaml(file)).map(file => [file.path, file])),
      diagnostics: [],
    },
  }
}

/** Plain files below the roots, by path; links and what the loader leaves out (hidden, too large) are left out. */
function entriesAt(root: string, commit: string): { path: string; blob_id: string }[] {
  const listed = git(root, ['ls-tree', '-r', '-l', '-z', commit, '--', ...ROOTS])?.toString() ?? ''
  const entries = listed.split('\0').flatMap(line => {
    const match = /^100\d{3} blob ([0-9a-f]+) +(\d+)\t(.+)$/s.exec(line)
    const [, blob_id = '', size = '', path = ''] = match ?? []
    const hidden = path.split('/').some(part => part.startsWith('.') || part === 'node_modules')
    const limit = /\.ya?ml$/.test(path) ? MAX_YAML_BYTES : MAX_SIDE_BYTES
    return match && !hidden && Number(size) <= limit ? [{ path, blob_id }] : []
  })
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** `cat-file --batch`: `<id> blob <size>\n<bytes>\n` for each id. */
function blobsOf(root: string, ids: readonly string[]): Map<string, Uint8Array> {
  const out = git(root, ['cat-file', '--batch'], ids.map(id => `${id}\n`).join('')) ?? Buffer.alloc(0)
  const blobs = new Map<string, Uint8Array>()
  for (let at = 0; at < out.length; ) {
    const end = out.indexOf(0x0a, at)
    const [id = '', , size] = out.subarray(at, end).toString().split(' ')
    const length = Number(size)
    blobs.set(id, out.subarray(end + 1, end + 1 + length))
    at = end + 2 + length
  }
  return blobs
}

function git(root: string, args: readonly string[], input = ''): Buffer | null {
  const { status, stdout } = spawnSync('git', ['-C', root, ...args], {
    input,
    maxBuffer: MAX_BUFFER,
    timeout: TIMEOUT_MS,
  })
  return status === 0 ? stdout : null
}
