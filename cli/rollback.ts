/** `flight rollback`, `pin` and `unpin`: moves of the pointer. Spend, pacing and caps are state of their own and stay. */
import { pinMove, previousLive, rollbackMove } from '@flightplan/runtime/publish/channel.ts'
import { type ExitCode, usage } from './exit.ts'
import { makeMove } from './move.ts'
import type { Output } from './output.ts'
import { atDesk, type ChannelDesk, type MoveOptions, reached, signingOf } from './stores.ts'

/** @param digest of a published release, or its first digits; without it the one that served before */
export async function rollback(
  output: Output,
  env: NodeJS.ProcessEnv,
  digest: string | undefined,
  options: MoveOptions,
): Promise<ExitCode> {
  return atDesk(output, env, options, async desk => {
    signingOf(desk)
    const target = digest === undefined ? await before(desk) : await published(desk, digest)
    const code = await makeMove(output, desk, 'rollback', options, rollbackMove(target))
    if (!options.dryRun)
      output.progress('The channel is pinned: revert the change in Git, then `flight unpin` and publish again.')
    return code
  })
}

async function before({ store, channel, trusted }: ChannelDesk): Promise<string> {
  const found = await reached('the record', previousLive(store, channel, trusted))
  if (found === null) throw usage(`no other release has served on ${channel}: there is nothing to go back to`)
  return found
}

async function published({ store, channel }: ChannelDesk, digest: string): Promise<string> {
  if (/^[0-9a-f]{64}$/.test(digest) && (await reached('the record', store.manifest(channel, digest)))) return digest
  const entries = await reached('the record', store.history(channel, 1000))
  const lives = entries.flatMap(({ text }) => /"live":"([0-9a-f]{64})"/.exec(text)?.[1] ?? [])
  const found = [...new Set(lives)].filter(live => digest.length >= 6 && live.startsWith(digest))
  if (found[0] === undefined || found.length > 1)
    throw usage(`${digest} is ${found.length > 1 ? 'the start of several releases' : 'no published release'}`)
  return found[0]
}

export const pin = (
  output: Output,
  env: NodeJS.ProcessEnv,
  isPinned: boolean,
  options: MoveOptions,
): Promise<ExitCode> =>
  atDesk(output, env, options, desk => makeMove(output, desk, isPinned ? 'pin' : 'unpin', options, pinMove(isPinned)))
