/** `flight publish`: a release into the record and the hot copy, and the channel to it. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Manifest } from '@flightplan/contract/release.ts'
import { publishMove } from '@flightplan/runtime/publish/channel.ts'
import { findRelease, readReleaseDir } from '@flightplan/runtime/publish/release-dir.ts'
import { EXIT, type ExitCode, Stop, usage } from './exit.ts'
import { changesBetween } from './git.ts'
import { makeMove } from './move.ts'
import type { Output } from './output.ts'
import { atDesk, type ChannelDesk, deedOf, headOf, type MoveOptions, reached, signingOf } from './stores.ts'

/** @param what a release or channel folder, a digest, or nothing: what `flight build` built last */
export async function publish(
  output: Output,
  env: NodeJS.ProcessEnv,
  what: string | undefined,
  options: MoveOptions,
): Promise<ExitCode> {
  return atDesk(output, env, options, async desk => {
    const { digest } = await takeRelease(output, desk, what, options)
    return makeMove(output, desk, 'publish', options, publishMove(digest))
  })
}

/**
 * A release folder is read and, unless it is a dry run, kept in the record; a digest must be there already.
 * @throws Stop, Refused
 */
export async function takeRelease(
  output: Output,
  desk: ChannelDesk,
  what: string | undefined,
  options: Pick<MoveOptions, 'dryRun' | 'reason'>,
): Promise<{ digest: string; manifest: Manifest }> {
  signingOf(desk)
  const found = findRelease(dirOf(desk.root, what))
  if (!found) {
    const digest = await recorded(desk, what)
    return { digest, manifest: await manifestOf(desk, digest) }
  }
  // The loader that bidders use: what it refuses is never announced.
  const parts = await readReleaseDir(found.dir, found.digest, desk.trusted)
  if (!options.dryRun) await putRelease(output, desk, parts, options.reason)
  return { digest: found.digest, manifest: manifestIn(parts.manifest) }
}

/** Of a release in the record. @throws Stop where it is not there */
export async function manifestOf({ store, channel }: ChannelDesk, digest: string): Promise<Manifest> {
  const sealed = await reached('the record', store.manifest(channel, digest))
  if (!sealed) throw new Stop(EXIT.integrity, `the record has no release ${digest}`)
  return manifestIn(sealed.manifest)
}

const manifestIn = (bytes: Uint8Array): Manifest => JSON.parse(Buffer.from(bytes).toString('utf8')) as Manifest // was verified

function dirOf(root: string, what: string | undefined): string {
  const built = join(root, '.flight/release')
  if (what === undefined) return built
  return existsSync(what) ? what : join(built, what)
}

/** A digest that is in the record already, or the first digits of one that a channel had. */
async function recorded({ store, channel }: ChannelDesk, what: string | undefined): Promise<string> {
  if (what !== undefined && /^[0-9a-f]{64}$/.test(what) && (await reached('the record', store.manifest(channel, what))))
    return what
  throw usage(
    `${what ?? '.flight/release'} is neither a release folder, a channel folder nor a published digest: run flight build`,
  )
}

async function putRelease(
  output: Output,
  desk: ChannelDesk,
  parts: Awaited<ReturnType<typeof readReleaseDir>>,
  reason: string | undefined,
): Promise<void> {
  const { store, channel, root } = desk
  const head = await headOf(desk, output)
  const isNew = await reached('the record', store.putRelease(parts, deedOf(desk, reason)))
  if (!isNew) return
  const before = head && (await store.manifest(channel, head.live))
  const changes = changesBetween(
    root,
    before ? manifestIn(before.manifest).commit : '',
    manifestIn(parts.manifest).commit,
  )
  await reached('the record', store.putConfigChanges(changes.map(change => ({ digest: parts.digest, ...change }))))
}
