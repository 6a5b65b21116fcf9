/**
 * A release before it serves: its golden auctions through the whole path of a bid, on the serving thread, between the
 * requests of the one before. What is decoded or compiled at first use is so before a sender waits for it.
 */
import type { KeyObject } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { GoldenAuction } from '@flightplan/contract/release.ts'
import type { CounterMemory } from '../authority/counters.ts'
import { parseGoldens } from '../release/golden.ts'
import { createBidder } from './bidder.ts'
import { onCounters, type ServedRelease, type Serving } from './serving.ts'
import { createShed, openShedder } from './shed.ts'
import { newTally } from './tally.ts'

/** A compiler may record thousands; each takes a turn of the serving thread. */
const MAX_AUCTIONS = 50

export interface Rehearsal {
  release: ServedRelease
  counters: CounterMemory
  notice: { url: string; key: KeyObject }
}

/** Nothing is sent, counted or charged. Rejects with the first fault: what throws here would throw on every request. */
export async function rehearse(servings: readonly Serving[], { release, counters, notice }: Rehearsal): Promise<void> {
  const scratch: CounterMemory = new SharedArrayBuffer(counters.byteLength) // entries are places in such a table
  const asks = servings.map(serving => openRehearsal(onCounters(serving, scratch, release.entries), notice))
  for (const golden of parseGoldens(release.golden).slice(0, MAX_AUCTIONS))
    for (const ask of asks) {
      await ask(golden)
      await nextTurn()
    }
}

function openRehearsal(serving: Serving, notice: Rehearsal['notice']) {
  let now_ms = 0
  const handler = createBidder({
    ...{ notice, tally: newTally(), profiles: null, serving: () => serving, trial: () => null, nextId: () => 1n },
    clock: { now_ms: () => now_ms, elapsed_ms: () => 0 },
    shedder: openShedder(createShed()),
    fault: (_, error) => {
      throw error
    },
  })
  return async (golden: GoldenAuction): Promise<void> => {
    now_ms = golden.now_ms
    const body = Buffer.from(JSON.stringify(golden.request))
    await handler({ exchange: golden.exchange, body, remoteAddress: '', reply: () => {} })
  }
}
