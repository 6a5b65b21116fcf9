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
  else sealAgain(release, dir)
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

/** What depends on the key lies outside of the digest: a build without one may have been first. */
function sealAgain({ files, manifest }: Release, dir: string): void {
  for (const [name, bytes] of files)
    if (name !== 'manifest.json' && !(name in manifest.files)) replaceFile(join(dir, name), bytes)
}

function replaceFile(path: string, text: string | Uint8Array): void {
  const half = `${path}.${process.pid}`
  writeFileSync(half, text)
  renameSync(half, path)
}
