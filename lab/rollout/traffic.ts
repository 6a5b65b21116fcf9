/** Auctions for a fleet under a rollout, each with an id and a floor of its own: a price shows in how many are bid on. */

import { verifyToken } from '@flightplan/runtime/notice/token.ts'
import { Pool } from 'undici'
import type { FleetBidder } from '../fleet/bidders.ts'
import { TOKEN_KEY } from '../fleet/world.ts'

export interface Traffic {
  /** Bids by the first 16 digits of the release that made them; '' counts auctions without one. */
  byRelease: Map<string, number>
  failed: number
  /** When the newest bid arrived, ms since 1970. */
  lastBid_ms: number
  stop(): Promise<void>
}

const LANES = 8
/** Floors from 0.1 to 10 CPM: a release that bids 5 bids on half of them. */
const FLOORS = 100

export function startTraffic(bidders: readonly FleetBidder[]): Traffic {
  const byRelease = new Map<string, number>()
  const pools = bidders.map(({ port }) => new Pool(`http://127.0.0.1:${port}`, { connections: LANES }))
  let [n, isOver] = [0, false]
  const traffic: Traffic = { byRelease, failed: 0, lastBid_ms: 0, stop: async () => {} }
  const lane = async (pool: Pool): Promise<void> => {
    while (!isOver) {
      const answer = await pool.request({ path: '/openrtb2/alpha', method: 'POST', body: requestOf(n++) })
      const text = await answer.body.text()
      if (answer.statusCode !== 200 && answer.statusCode !== 204) traffic.failed++
      const release = releaseOf(text)
      if (release !== '') traffic.lastBid_ms = Date.now()
      byRelease.set(release, (byRelease.get(release) ?? 0) + 1)
    }
  }
  const lanes = pools.flatMap(pool => Array.from({ length: LANES }, () => lane(pool)))
  traffic.stop = async () => {
    isOver = true
    await Promise.all(lanes)
    await Promise.all(pools.map(pool => pool.destroy()))
  }
  return traffic
}

/** Floors in an order that has nothing to do with ids. */
const requestOf = (n: number): string =>
  JSON.stringify({
    ...{ id: `auction-${n}`, at: 1, cur: ['USD'], regs: { gdpr: 0 } },
    imp: [{ id: '1', bidfloor: 0.1 + ((n * 37) % FLOORS) / 10, banner: { format: [{ w: 300, h: 250 }] } }],
    site: { id: 's', domain: 'news.example', page: 'https://news.example/a', publisher: { id: 'p' } },
    device: { ua: 'Mozilla/5.0 (X11; Linux x86_64)', ip: '192.0.2.9', geo: { country: 'DEU' } },
  })

function releaseOf(text: string): string {
  const token = /\/n\/c\?t=([A-Za-z0-9_.-]+)/.exec(text)?.[1]
  return token === undefined ? '' : (verifyToken('click', token, TOKEN_KEY)?.release ?? '?')
}
