/** `flight rollout`: a release to all auctions by waves, each judged against what serves beside it. */
import type { ChannelRecord } from '@flightplan/contract/channel.ts'
import { MoveRefused } from '@flightplan/runtime/publish/channel.ts'
import {
  change,
  changed,
  type Desk,
  type Eyes,
  type Look,
  look,
  settle,
  start,
} from '@flightplan/runtime/rollout/drive.ts'
import type { Predicted } from '@flightplan/runtime/rollout/gates.ts'
import { isOver, type Phase } from '@flightplan/runtime/rollout/rollout.ts'
import { EXIT, type ExitCode, Stop } from './exit.ts'
import type { Output } from './output.ts'
import { manifestOf, takeRelease } from './publish.ts'
import { fastLane } from './rollout/fast.ts'
import { readPredicted } from './rollout/predicted.ts'
import { readSettings } from './rollout/settings.ts'
import { liveTimeOf, showRollout } from './rollout/show.ts'
import { watchRollout } from './rollout/watch.ts'
import { atDesk, type ChannelDesk, type ChannelOptions, deedOf, headOf, reached, signingOf } from './stores.ts'

export interface RolloutOptions extends ChannelOptions {
  dryRun?: boolean
  reason?: string
  watch?: boolean
}
export interface StartOptions extends RolloutOptions {
  plan?: string
  fast?: boolean
}

const ROLLOUT_VERSION = 1

/** @param what as for `flight publish`: a folder, a digest, or nothing */
export async function startRollout(
  output: Output,
  env: NodeJS.ProcessEnv,
  what: string | undefined,
  options: StartOptions,
): Promise<ExitCode> {
  return atDesk(output, env, options, async at => {
    const { digest, manifest } = await takeRelease(output, at, what, options)
    const head = await headOf(at, output)
    if (head?.live === digest && !head.canary) {
      output.progress(`${at.channel} serves ${digest.slice(0, 12)} already`)
      return EXIT.ok
    }
    const live = head && (await manifestOf(at, head.live))
    const predicted = options.plan !== undefined && live ? readPredicted(options.plan, live, manifest) : {}
    const proof = options.fast && live ? await fastLane(output, at.root, live, manifest) : ''
    const canary = { digest, built_at_ms: manifest.built_at_ms, predicted }
    return rollOut(output, at, head, canary, { ...options, proof })
  })
}

export interface RollOut {
  digest: string
  built_at_ms: number
  predicted: Predicted
}

/** @param options `proof`: why no wave is needed */
export async function rollOut(
  output: Output,
  at: ChannelDesk,
  head: ChannelRecord | null,
  { digest, built_at_ms, predicted }: RollOut,
  options: RolloutOptions & { proof?: string },
): Promise<ExitCode> {
  const settings = readSettings(at.root)
  const how = {
    ...{ canary: digest, built_at_ms, predicted, why: options.proof || (options.reason ?? '') },
    settings: options.proof ? { ...settings, waves: [] } : settings,
  }
  if (options.dryRun) {
    const waves = how.settings.waves.map(({ share_ppm }) => `${share_ppm / 10_000}%`)
    const path = [...waves, '100%'].join(' → ')
    const live = head?.live ?? null
    const told = { schemaVersion: ROLLOUT_VERSION, dryRun: true, channel: at.channel, live, ...how }
    const text = `would roll out ${digest.slice(0, 12)} on ${at.channel} in the place of ${live?.slice(0, 12) ?? 'nothing'}: ${path}\n`
    output.result(options.format === 'json' ? `${JSON.stringify(told, null, 2)}\n` : text)
    return EXIT.ok
  }
  const desk = deskOf(output, at)
  await allowed(start(desk, how))
  return driven(output, desk, options)
}

export async function rolloutStatus(
  output: Output,
  env: NodeJS.ProcessEnv,
  options: ChannelOptions,
): Promise<ExitCode> {
  return atDesk(output, env, options, async at => {
    tell(output, options, await allowed(look(eyesOf(output, at))))
    return EXIT.ok
  })
}

/** Pause, resume or abort. */
export async function changeRollout(
  output: Output,
  env: NodeJS.ProcessEnv,
  phase: Exclude<Phase, 'promoted'>,
  options: RolloutOptions,
): Promise<ExitCode> {
  return atDesk(output, env, options, async at => {
    const desk = deskOf(output, at)
    const why = options.reason ?? `${VERBS[phase]} by ${desk.who}`
    if (options.dryRun) {
      const seen = await allowed(look(desk))
      if (!seen || isOver(seen.entry.rollout)) throw new Stop(EXIT.gate, 'no rollout is on')
      tell(output, options, {
        ...seen,
        step: { ...seen.step, rollout: changed(seen.entry.rollout, phase, why, Date.now()) },
      })
      return EXIT.ok
    }
    await allowed(change(desk, phase, why))
    if (phase !== 'aborted') return driven(output, desk, options)
    await allowed(settle(desk))
    tell(output, options, await allowed(look(desk)))
    return EXIT.ok
  })
}
const VERBS = { running: 'resumed', paused: 'paused', aborted: 'aborted' }

/** One step, or with --watch all of them until it has ended. */
async function driven(output: Output, desk: Desk, options: RolloutOptions): Promise<ExitCode> {
  if (!options.watch) {
    await allowed(settle(desk))
    tell(output, options, await allowed(look(desk)))
    return EXIT.ok
  }
  const last = await allowed(watchRollout(output, desk))
  tell(output, options, last)
  const { rollout } = last.entry
  if (rollout.phase === 'promoted') {
    output.progress(liveTimeOf(rollout))
    return rollout.served_at_ms === null ? EXIT.unreached : EXIT.ok
  }
  return rollout.unreached ? EXIT.unreached : EXIT.aborted
}

function tell(output: Output, { channel, format }: ChannelOptions, seen: Look | null): void {
  if (!seen) {
    output.result(format === 'json' ? 'null\n' : `channel ${channel}: no rollout yet\n`)
    return
  }
  const { rollout, arms, verdicts, fleet, waits } = seen.step
  const told = { schemaVersion: ROLLOUT_VERSION, rollout, waits, fleet, arms, verdicts }
  output.result(format === 'json' ? `${JSON.stringify(told, null, 2)}\n` : showRollout(seen.step))
}

function eyesOf(output: Output, at: ChannelDesk): Eyes {
  const { store, hot, channel } = at
  return { store, hot, channel, head: () => headOf(at, output), now_ms: Date.now }
}

const deskOf = (output: Output, at: ChannelDesk): Desk => ({
  ...eyesOf(output, at),
  signing: signingOf(at),
  who: deedOf(at, undefined).who,
})

/** What the state of the channel forbids is exit 4, and a store that is away is 8. */
async function allowed<T>(promise: Promise<T>): Promise<T> {
  const refused = promise.catch(error => {
    throw error instanceof MoveRefused ? new Stop(EXIT.gate, error.message) : error
  })
  return reached('the record', refused)
}
