/** What Git says of the root: the compiler reads no clock, a build is dated by its commit. */
import { spawnSync } from 'node:child_process'

export interface Commit {
  commit: string
  tree: string
  time_ms: number
  /** Files differ from the commit: the release holds what is on the disk. */
  dirty: boolean
}

/** HEAD, or null outside of Git, before the first commit, and where there is no git. */
export function headOf(root: string): Commit | null {
  const head = commitOf(root)
  return head && { ...head, dirty: (git(root, 'status', '--porcelain', '--', '.') ?? '') !== '' }
}

/** The same without a look at the files: a status of 23,000 takes 0.1 s. */
export function commitOf(root: string): Omit<Commit, 'dirty'> | null {
  const found = git(root, 'log', '-1', '--format=%H %T %ct')?.trim().split(' ')
  const [commit, tree, seconds] = found ?? []
  if (commit === undefined || tree === undefined || !/^\d+$/.test(seconds ?? '')) return null
  return { commit, tree, time_ms: Number(seconds) * 1000 }
}

export interface FileChange {
  commit: string
  path: string
  change: 'A' | 'M' | 'D'
  author: string
  at_ms: number
}

/** Who the repository says is working, by e-mail. */
export const emailOf = (root: string): string | null => git(root, 'config', 'user.email')?.trim() || null

/** What people write, and so what a history is kept of. */
const CONFIG_PATHS = ['campaigns', 'exchanges', 'policies', 'models', 'flightplan.yaml']

/**
 * Configuration files that differ between two commits, each with the newest commit that touched it. Empty where one of
 * them is not in this repository, or there is no Git: the history is kept where it can be had.
 */
export function changesBetween(root: string, from: string, to: string): FileChange[] {
  const isCommit = (commit: string) => /^[0-9a-f]{40,64}$/.test(commit)
  if (!isCommit(from) || !isCommit(to) || from === to) return []
  const log = [
    'log',
    '--format=%x00%H %ct %ae',
    '--name-status',
    '--no-renames',
    '-z',
    `${from}..${to}`,
    '--',
    ...CONFIG_PATHS,
  ]
  const changes = new Map<string, FileChange>()
  let commit: Omit<FileChange, 'path' | 'change'> | null = null
  const fields = (git(root, ...log) ?? '').split('\0').map(field => field.replace(/^\n/, ''))
  for (let i = 0; i < fields.length; i++) {
    const [, id, seconds, author] = /^([0-9a-f]{40,64}) (\d+) (\S*)$/.exec(fields[i] ?? '') ?? []
    if (id !== undefined) commit = { commit: id, at_ms: Number(seconds) * 1000, author: author ?? '' }
    const change = /^[AMD]$/.exec(fields[i] ?? '')?.[0] as FileChange['change'] | undefined
    const path = change && fields[++i]
    if (commit && change && path && !changes.has(path)) changes.set(path, { ...commit, path, change })
  }
  return [...changes.values()]
}

function git(root: string, ...args: string[]): string | null {
  const { status, stdout } = spawnSync('git', ['-C', root, ...args], { encoding: 'utf8', timeout: 30_000 })
  return status === 0 ? stdout : null
}
