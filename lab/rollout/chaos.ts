/**
 * Rounds of chaos in rollouts: under load, one part is killed with -9 at a random moment of a rollout and started again.
 * However it ends, the record, the hot copy and every bidder must agree, and no answer may be of two releases.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { peekRecord } from '@flightplan/runtime/release/record.ts'
import { assertOneTruth, strike } from '../fleet/chaos.ts'
import { type Fleet, publish, untilServed } from '../fleet/fleet.ts'
import { buildRelease, partsOf, priceOf } from '../fleet/world.ts'
import { type Controller, rolloutRoot, startController } from './controller.ts'
import { type CanaryLoad, startCanaryLoad } from './load.ts'

export const VICTIMS = ['bidder', 'controller', 'redis', 'postgres'] as const

export interface Round {
  victim: (typeof VICTIMS)[number]
  killed_after_ms: number
  /** Controllers that it took, one after the other. */
  controllers: number
  end: 'promoted' | 'aborted'
  /** From the end of the rollout until all bidders serve what the record says. */
  converged_ms: number
}

const WAVES = `  waves:
    20%: {at_least: 1s, auctions: 200, tolerance: 15}
    50%: {at_least: 1s, auctions: 200, tolerance: 15}
  expires: 2m
`
/** A rollout takes some 4 s here: the kill falls before, in and after each of its waves. */
const WITHIN_MS = 4500
const CONVERGE_MS = 60_000
const MOST_CONTROLLERS = 20
const PROMOTED = 0
const ABORTED = 7

export async function runRolloutChaos(
  fleet: Fleet,
  rounds: number,
  random: () => number,
  tell: (n: number, round: Round) => void,
): Promise<{ rounds: Round[]; load: CanaryLoad }> {
  const root = rolloutRoot(fleet.folder, WAVES)
  const first = await buildRelease(0)
  const prices = new Map([[first.digest.slice(0, 16), priceOf(0)]])
  const { record } = await publish(fleet, first)
  await untilServed(fleet.hot, record.sequence, fleet.bidders.length, CONVERGE_MS)
  const load = startCanaryLoad(fleet.bidders, prices)
  const done: Round[] = []
  try {
    for (let n = 1; n <= rounds; n++) {
      const release = await buildRelease(n)
      prices.set(release.digest.slice(0, 16), priceOf(n))
      await fleet.store.putRelease(partsOf(release), { who: 'lab', at_ms: Date.now(), reason: '' })
      const victim = VICTIMS[(n - 1) % VICTIMS.length] ?? 'bidder' // in turn
      const killed_after_ms = random() * WITHIN_MS
      const controller = startController(fleet, root, release.digest)
      await sleep(killed_after_ms)
      await (victim === 'controller' ? controller.kill() : strike(fleet, victim, random))
      const { code, controllers } = await untilOver(fleet, root, release.digest, controller)
      const converged_ms = await untilAgreed(fleet)
      const end = code === PROMOTED ? 'promoted' : 'aborted'
      const round: Round = { victim, killed_after_ms, controllers, end, converged_ms }
      done.push(round)
      tell(n, round)
    }
  } finally {
    await load.stop()
  }
  return { rounds: done, load }
}

/** Whoever finds that a controller has died starts another, as an operator or a workflow that is run again would. */
async function untilOver(fleet: Fleet, root: string, digest: string, started: Controller) {
  let controller = started
  for (let controllers = 1; ; controllers++) {
    const { code, said } = await controller.ended
    if (code === PROMOTED || code === ABORTED) return { code, controllers }
    if (controllers === MOST_CONTROLLERS) throw new Error(`${code}: ${said}`)
    await sleep(100)
    controller = startController(fleet, root, digest)
  }
}

/** Repairs nothing: the next look of whoever follows the channel must do. */
async function untilAgreed(fleet: Fleet): Promise<number> {
  const began_ms = performance.now()
  const record = peekRecord((await fleet.store.pointer('live')) ?? '')
  if (!record || record.canary) throw new Error('a rollout is over, and the record has a canary')
  await untilServed(fleet.hot, record.sequence, fleet.bidders.length, CONVERGE_MS)
  await assertOneTruth(fleet)
  return performance.now() - began_ms
}
