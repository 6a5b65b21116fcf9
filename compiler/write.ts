/** A release on disk: all of it or nothing, and the channel's pointer last. */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Release } from './release.ts'

/**
 * Writes `<channel>/<digest>/…`, then `<channel>/current`. A release that is there already is left as it is: its name
 * is its content. Returns its directory.
 * @throws Error of the file system
 */
export function writeRelease(release: Release, channel: string): string {
  const dir = join(channel, release.digest)
  if (!existsSync(dir)) writeWhole(release, channel, dir)
  replaceFile(join(channel, 'current'), `${release.digest}\n`)
  return dir
}

/** Under a hidden name first: whoever watches the channel never sees half of it. */
function writeWhole({ digest, files }: Release, channel: string, dir: string): void {
  const half = join(channel, `.${digest}.${process.pid}`)
  rmSync(half, { recursive: true, force: true })
  for (const [name, bytes] of files) {
    mkdirSync(dirname(join(half, name)), { recursive: true })
    writeFileSync(join(half, name), bytes)
  }
  renameSync(half, dir)
}

function replaceFile(path: string, text: string): void {
  const half = `${path}.${process.pid}`
  writeFileSync(half, text)
  renameSync(half, path)
}
