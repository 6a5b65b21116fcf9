/** Auctions for a fleet with a canary: each with an id of its own, half from one country and half from another. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'
import { judgeAnswer } from '../fleet/answers.ts'
import type { FleetBidder } from '../fleet/bidders.ts'
import { REQUEST } from '../fleet/world.ts'

export interface CanaryLoad {
  /** Answers with bids by the first 16 digits of the release that made them. */
  byRelease: Map<string, number>
  asked: number
  /** Answers that were of no release whole, at most ten. */
  mixed: string[]
  /** Requests that were not answered, at most ten. */
  lost: string[]
  stop(): Promise<void>
}

const LANES = 8
const PAUSE_MS = 5
const ANSWER_MS = 1000
const COUNTRIES = ['DEU', 'AUT']

/**
 * @param prices by the first 16 digits of each release that may answer
 * @param more fields of every request
 */
export function startCanaryLoad(
  bidders: readonly FleetBidder[],
  prices: ReadonlyMap<string, number>,
  more: object = {},
): CanaryLoad {
  const request = JSON.parse(REQUEST) as { device: { geo: object } } // our own
  let isOver = false
  const load: CanaryLoad = { byRelease: new Map(), asked: 0, mixed: [], lost: [], stop: async () => {} }
  const ask = async (pool: Pool): Promise<void> => {
    const geo = { country: COUNTRIES[load.asked++ % COUNTRIES.length] }
    const id = randomUUID()
    // A system of its own, so that a policy that reads it is run, not remembered.
    const body = JSON.stringify({ ...request, ...more, id, device: { ...request.device, os: id, geo } })
    const answer = await pool.request({
      ...{ path: '/openrtb2/alpha', method: 'POST', body, signal: AbortSignal.timeout(ANSWER_MS) },
      headers: { 'content-type': 'application/json' },
    })
    const { release, fault } = judgeAnswer(await answer.body.text(), prices)
    if (release !== '') load.byRelease.set(release, (load.byRelease.get(release) ?? 0) + 1)
    if (fault !== '' && load.mixed.length < 10) load.mixed.push(fault)
  }
  const pools = bidders.map(({ port }) => new Pool(`http://127.0.0.1:${port}`, { connections: LANES }))
  const lane = async (pool: Pool): Promise<void> => {
    while (!isOver) {
      await ask(pool).catch(error => load.lost.length < 10 && load.lost.push(String(error)))
      await sleep(PAUSE_MS)
    }
  }
  const lanes = pools.flatMap(pool => Array.from({ length: LANES }, () => lane(pool)))
  load.stop = async () => {
    isOver = true
    await Promise.all(lanes)
    await Promise.all(pools.map(pool => pool.destroy()))
  }
  return load
}
