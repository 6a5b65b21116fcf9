/** `flight facts publish`: facts go the way of releases, on a channel of their own. */
import { join } from 'node:path'
import { factsOf as channelOf } from '@flightplan/contract/channel.ts'
import type { Facts } from '@flightplan/contract/facts.ts'
import { readFacts, writeFacts } from '@flightplan/runtime/facts/facts.ts'
import { publishMove } from '@flightplan/runtime/publish/channel.ts'
import { badInput, type ExitCode } from '../exit.ts'
import { makeMove } from '../move.ts'
import type { Output } from '../output.ts'
import { predictedOf } from '../rollout/predicted.ts'
import { rollOut } from '../rollout.ts'
import { atDesk, deedOf, headOf, type MoveOptions, reached, signingOf } from '../stores.ts'
import { effectOf } from './effect.ts'
import { FACTS_DRAFT } from './import.ts'
import { factsOf } from './read.ts'
import { publishedFacts, sealFacts } from './sealed.ts'

export interface PublishFactsOptions extends MoveOptions {
  traffic?: string
  /** Per cent of spend that facts may move without a canary. */
  maxMove: number
  watch?: boolean
  now_ms: number
}

/** At once where they move little money, else by the waves of a rollout, beside the facts that serve. */
export function publishFacts(
  output: Output,
  env: NodeJS.ProcessEnv,
  file: string | undefined,
  options: PublishFactsOptions,
): Promise<ExitCode> {
  const own = { ...options, channel: channelOf(options.channel) }
  return atDesk(output, env, own, async desk => {
    const { privateKey } = signingOf(desk)
    const head = await headOf(desk, output)
    const live = head && (await publishedFacts(desk, head.live))
    const next = freshFacts(file ?? join(desk.root, FACTS_DRAFT), live, options.now_ms)
    const parts = sealFacts(next, privateKey)
    const atOnce = () => makeMove(output, desk, 'publish', own, publishMove(parts.digest))
    const effect = live && (await effectOf(desk.root, { live, next }, options.traffic, text => output.progress(text)))
    const isLarge = effect !== null && (effect.moved === null || effect.moved * 100 > options.maxMove)
    output.progress(effect ? said(effect.moved, options.maxMove, isLarge) : 'the first facts of this channel')
    if (!own.dryRun) await reached('the record', desk.store.putRelease(parts, deedOf(desk, options.reason)))
    if (!isLarge || head?.live === parts.digest) return atOnce()
    const what = { digest: parts.digest, built_at_ms: next.made_at_ms, predicted: predictedOf(effect.totals) }
    return rollOut(output, desk, head, what, own)
  })
}

function said(moved: number | null, limit: number, isLarge: boolean): string {
  if (moved === null) return 'what they move is not known, no recorded traffic tells it: by a canary'
  const share = `they move ${(100 * moved).toFixed(1)}% of spend`
  return isLarge ? `${share}, more than ${limit}%: by a canary` : `${share}, at most ${limit}% may be: at once`
}

/** As a bidder would judge them now, against those that serve. @throws Stop */
function freshFacts(path: string, live: Facts | null, now_ms: number): Facts {
  const next = factsOf(path)
  const { faults } = readFacts(writeFacts(next), live)
  const [fault] = faults
  if (fault) throw badInput(`${path}: ${fault.path}: ${fault.message}`)
  const { at_ms, max_age_ms } = next.rates
  if (now_ms - at_ms > max_age_ms)
    throw badInput(
      `${path}: rates.at_ms: ${hours(now_ms - at_ms)} h old, at most ${hours(max_age_ms)} h are allowed: no bidder would convert by them`,
    )
  if (live && next.made_at_ms < live.made_at_ms)
    throw badInput(`${path}: made_at_ms: older than the facts that serve; flight rollback goes back on purpose`)
  return next
}

export const hours = (ms: number): string => (ms / 3_600_000).toFixed(1)
