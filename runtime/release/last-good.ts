/**
 * The last release that was good, kept on disk: a bidder that starts while everything else is down serves that one. The
 * state directory is a channel directory itself, so the same loader reads and checks it.
 */
import { cp, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { writeDurably } from '../store/durable.ts'

/**
 * Copies a verified release, or moves one that was fetched for this bidder alone, and points `current` at it. Rejects
 * with the system's error; the release serves all the same.
 */
export async function keepLastGood(stateDir: string, releaseDir: string, how: 'copy' | 'move' = 'copy'): Promise<void> {
  const name = basename(releaseDir)
  const target = join(stateDir, name)
  if (target === releaseDir) return // it was started from here
  const temporary = join(stateDir, `.${name}.${process.pid}.tmp`)
  await mkdir(stateDir, { recursive: true })
  await rm(temporary, { recursive: true, force: true })
  if (how === 'move') await rename(releaseDir, temporary)
  else await cp(releaseDir, temporary, { recursive: true })
  await rm(target, { recursive: true, force: true })
  await rename(temporary, target)
  await writeDurably(join(stateDir, 'current'), `${name}\n`)
  await forgetOthers(stateDir, name)
}

async function forgetOthers(stateDir: string, name: string): Promise<void> {
  const isRelease = (entry: string) => /^\.?(?:sha256:)?[0-9a-f]{64}(?:\.\d+\.tmp)?$/.test(entry)
  const others = (await readdir(stateDir)).filter(entry => entry !== name && isRelease(entry))
  for (const entry of others) await rm(join(stateDir, entry), { recursive: true, force: true })
}
