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

function git(root: string, ...args: string[]): string | null {
  const { status, stdout } = spawnSync('git', ['-C', root, ...args], { encoding: 'utf8', timeout: 30_000 })
  return status === 0 ? stdout : null
}
