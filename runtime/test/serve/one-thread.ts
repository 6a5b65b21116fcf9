/** A bidder on the test's own thread: real release, policy, models and counters; a clock and ids that the test sets. */
import { createSecretKey } from 'node:crypto'
import type { Release } from '@flightplan/compiler/release.ts'
import { writeRelease } from '@flightplan/compiler/write.ts'
import type { GoldenAuction } from '@flightplan/contract/release.ts'
import { NO_FACTS } from '@flightplan/engine/golden.ts'
import type { BidCall } from '../../http/server.ts'
import { type LoadedRelease, type VerifyOptions, verifyRelease } from '../../release/verify.ts'
import { type BidderParts, createBidder } from '../../serve/bidder.ts'
import { openServing, type Serving } from '../../serve/serving.ts'
import { createShed, openShedder } from '../../serve/shed.ts'
import { newTally, ofExchange, reasonsOf } from '../../serve/tally.ts'
import { NOW_MS, temporaryDirectory } from '../release/shipped.ts'

export interface Answer {
  status: number
  body: string | null
}

export async function loaded(release: Release, options: VerifyOptions): Promise<LoadedRelease> {
  const outcome = await verifyRelease(writeRelease(release, temporaryDirectory()), release.digest, options)
  if (!outcome.ok) throw new Error(`${outcome.code}: ${outcome.text}`)
  return outcome
}

export async function served(release: LoadedRelease, options: VerifyOptions): Promise<Serving> {
  const rates = { ...NO_FACTS.rates, at_ms: NOW_MS, max_age_ms: 1e12, per_unit: { EUR: '1.08', GBP: '1.27' } }
  return openServing({ ...release, stopped: [] }, { ...NO_FACTS, rates }, options.counters, (_, text) => {
    throw new Error(text)
  })
}

export function bidderOf(serving: Serving, changes: Partial<BidderParts> = {}) {
  let id = 0n
  const tally = newTally()
  const faults: unknown[] = []
  const handler = createBidder({
    serving: () => serving,
    trial: () => null,
    clock: { now_ms: () => NOW_MS, elapsed_ms: () => 0 },
    nextId: () => ++id,
    shedder: openShedder(createShed()),
    profiles: null,
    notice: { url: 'https://notice.example', key: createSecretKey(Buffer.alloc(32, 1)) },
    tally,
    fault: (_, error) => void faults.push(error),
    ...changes,
  })
  const ask = (exchange: string, body: unknown): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body))
      const reply: BidCall['reply'] = (status, text) => resolve({ status, body: text === null ? null : String(text) })
      const later = handler({ exchange, body: bytes, remoteAddress: '', reply })
      if (later) later.catch(reject)
    })
  const reasons = (exchange: string) => new Map(reasonsOf(ofExchange(tally, exchange)))
  return { ask, tally, faults, reasons }
}

export const goldensOf = ({ files }: Release): GoldenAuction[] =>
  new TextDecoder()
    .decode(files.get('golden.ndjson'))
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as GoldenAuction) // as the compiler wrote it
