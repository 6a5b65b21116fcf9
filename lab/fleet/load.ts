/** Steady load on a fleet, each answer judged: the exchange's view of a rollout. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'
import { judgeAnswer } from './answers.ts'
import type { FleetBidder } from './bidders.ts'
import { REQUEST } from './world.ts'

export interface LoadTally {
  answered: number
  bids: number
  /** Another status than 200 or 204, a lost connection, or no answer in a second, of a bidder that was up throughout. */
  failed: number
  /** The same of one that was killed meanwhile: what chaos costs. */
  lost: number
  /** Answers that were not of one release, whole. At most ten are kept. */
  faults: string[]
  faulty: number
}

const ANSWER_MS = 1000
/** Lanes per bidder; each sends its next request after its answer and this pause. */
const LANES = 3
const PAUSE_MS = 40

export interface FleetLoad {
  tally: LoadTally
  stop(): Promise<LoadTally>
}

/** @param prices grows as releases are published: whoever publishes adds to it first */
export function startLoad(bidders: readonly FleetBidder[], prices: ReadonlyMap<string, number>): FleetLoad {
  const tally: LoadTally = { answered: 0, bids: 0, failed: 0, lost: 0, faults: [], faulty: 0 }
  let isOver = false
  const pools = bidders.map(({ port }) => new Pool(`http://127.0.0.1:${port}`, { connections: LANES }))
  const ask = async (pool: Pool): Promise<void> => {
    const { statusCode, body } = await pool.request({
      ...{ path: '/openrtb2/alpha', method: 'POST', body: REQUEST, signal: AbortSignal.timeout(ANSWER_MS) },
      headers: { 'content-type': 'application/json' },
    })
    const text = await body.text()
    if (statusCode !== 200 && statusCode !== 204) throw new Error(`status ${statusCode}`)
    tally.answered++
    const { release, fault } = judgeAnswer(text, prices)
    if (release !== '') tally.bids++
    if (fault === '') return
    tally.faulty++
    if (tally.faults.length < 10) tally.faults.push(fault)
  }
  const lane = async (bidder: FleetBidder, pool: Pool): Promise<void> => {
    while (!isOver) {
      const wasUp = bidder.isUp()
      await ask(pool).catch(error => {
        // A process that was just killed is still "up" for the moment until its end is heard of.
        if (wasUp && bidder.isUp() && !isLost(error)) tally.failed++
        else tally.lost++
      })
      await sleep(PAUSE_MS)
    }
  }
  const lanes = bidders.flatMap((bidder, i) => Array.from({ length: LANES }, () => lane(bidder, pools[i]!))) // one each
  return {
    tally,
    async stop() {
      isOver = true
      await Promise.all(lanes)
      await Promise.all(pools.map(pool => pool.destroy()))
      return tally
    },
  }
}

const isLost = (error: unknown): boolean =>
  ['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET', 'EPIPE'].includes(String((error as { code?: string } | null)?.code))
