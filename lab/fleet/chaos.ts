/**
 * Rounds of chaos: while a release is being published to a fleet under load, one part is killed with -9 at a random
 * moment and started again. Each round must end with every bidder on the release, without a hand but "run the publish
 * again", and at no time may an answer come from half a release.
 */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { writeRelease } from '@flightplan/compiler/write.ts'
import { type Fleet, untilServed } from './fleet.ts'
import { type LoadTally, startLoad } from './load.ts'
import { startPublisher } from './publisher.ts'
import { buildRelease, priceOf } from './world.ts'

export const VICTIMS = ['bidder', 'publisher', 'redis', 'postgres'] as const
export type Victim = (typeof VICTIMS)[number]

export interface Round {
  victim: Victim
  /** After the publish was ordered. */
  killed_after_ms: number
  /** Whether the publish came through in spite of it. */
  published: boolean
  /** From the last word of the publisher that came through until all bidders serve. */
  converged_ms: number
}

export interface Chaos {
  rounds: Round[]
  load: LoadTally
}

/** A publish takes some 100 to 300 ms here: the kill falls before, in and after it. */
const WITHIN_MS = 400
const CONVERGE_MS = 60_000
const PUBLISH_TRIES = 100

/** @param random in [0, 1) @param tell told of each round as it ends */
export async function runChaos(
  fleet: Fleet,
  rounds: number,
  random: () => number,
  tell: (n: number, round: Round) => void,
): Promise<Chaos> {
  const prices = new Map<string, number>()
  const channelDir = join(fleet.folder, 'releases')
  const dirOf = async (n: number): Promise<string> => {
    const release = await buildRelease(n)
    prices.set(release.digest.slice(0, 16), priceOf(n))
    return writeRelease(release, channelDir)
  }
  let publisher = await startPublisher(fleet)
  const through = async (dir: string): Promise<number> => {
    for (let tries = 0; ; tries++) {
      if (!publisher.isUp()) publisher = await startPublisher(fleet)
      try {
        return await publisher.publish(dir)
      } catch (error) {
        if (tries >= PUBLISH_TRIES) throw error
        await sleep(100)
      }
    }
  }
  const all = fleet.bidders.length
  await untilServed(fleet.hot, await through(await dirOf(0)), all, CONVERGE_MS)
  const load = startLoad(fleet.bidders, prices)
  const done: Round[] = []
  try {
    for (let n = 1; n <= rounds; n++) {
      const dir = await dirOf(n)
      const victim = VICTIMS[(n - 1) % VICTIMS.length] ?? 'bidder' // in turn, so that ten rounds have each
      const killed_after_ms = random() * WITHIN_MS
      const publishing = publisher.publish(dir).then(
        () => true,
        () => false,
      )
      await sleep(killed_after_ms)
      await (victim === 'publisher' ? publisher.kill() : strike(fleet, victim, random))
      const published = await publishing
      const sequence = await through(dir)
      const { took_ms } = await untilServed(fleet.hot, sequence, all, CONVERGE_MS)
      const round = { victim, killed_after_ms, published, converged_ms: took_ms }
      await assertOneTruth(fleet)
      done.push(round)
      tell(n, round)
    }
  } finally {
    await load.stop()
    await publisher.kill()
  }
  return { rounds: done, load: load.tally }
}

/** Kills and, after a while in which the rest must do without, starts again. */
export async function strike(fleet: Fleet, victim: Exclude<Victim, 'publisher'>, random: () => number): Promise<void> {
  const away_ms = 500 * random()
  if (victim === 'bidder') {
    const bidder = fleet.bidders[Math.floor(random() * fleet.bidders.length)]
    await bidder?.kill()
    await sleep(away_ms)
    return bidder?.start()
  }
  await fleet[victim].kill()
  await sleep(away_ms)
  await fleet[victim].restart()
}

/** The record and the hot copy say the same, word for word. */
export async function assertOneTruth({ store, hot }: Fleet): Promise<void> {
  const [record, copy] = [await store.pointer('live'), await hot.pointer('live')]
  if (record === null || record !== copy) throw new Error(`the record says ${record}, the hot copy ${copy}`)
}
