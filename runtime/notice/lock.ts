/** One process a spool: a second one would cut the tail that the first is writing. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Gives what releases it. @throws Error when another process that lives holds the folder */
export function lockFolder(folder: string, pid: number): () => void {
  const file = join(folder, 'lock')
  const holder = holderOf(file)
  if (holder !== null && holder !== pid && isAlive(holder))
    throw new Error(`${folder} is the spool of process ${holder}: give each its own SPOOL_DIR`)
  writeFileSync(file, `${pid}\n`)
  return () => rmSync(file, { force: true })
}

function holderOf(file: string): number | null {
  try {
    const pid = Number(readFileSync(file, 'utf8'))
    return Number.isSafeInteger(pid) && pid > 0 ? pid : null
  } catch {
    return null // there is none
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
