/**
 * Damaged requests through one bidder, in a process of its own whose heap is measured: `node --expose-gc
 * lab/conformance/soak.ts COUNT SEED` prints a {@link SoakReport} as JSON.
 */

import { list, tree } from '../oracle/lenient.ts'
import { CAMPAIGNS_WIDE, call, factsAt, openBidder } from './bidder.ts'
import { mutatedRequest } from './requests.ts'
import { shapeFaults } from './shape.ts'

export interface SoakReport {
  statuses: Record<string, number>
  bids: number
  /** What broke inside and was answered with a no-bid, and answers of a wrong shape. At most ten, each with its request. */
  faults: string[]
  polluted: boolean
  /** Heap and external memory after a collection, bytes: at half of the requests and at the end. */
  half_bytes: number
  full_bytes: number
}

const NOW_MS = Date.UTC(2027, 5, 14, 12)
const MOST_FAULTS = 10
const bidder = await openBidder([CAMPAIGNS_WIDE], { now_ms: NOW_MS, facts: factsAt(NOW_MS) })

function used_bytes(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Of nonsense only the shape can be judged: what a floor of `{}` asks for is anyone's guess. */
function shapeOf(status: number, text: string): string[] {
  if (status !== 200) return text === '' ? [] : [`${status} with a body`]
  const answer = tree(JSON.parse(text))
  const seats = list(answer['seatbid']).map(tree)
  const bids = seats.flatMap(seat => list(seat['bid']).map(tree))
  return [...shapeFaults('BidResponse', answer), ...bids.flatMap(bid => shapeFaults('Bid', bid))]
}

async function soak(count: number, seed: number): Promise<SoakReport> {
  const report: SoakReport = {
    ...{ statuses: {}, bids: 0, faults: [], polluted: false },
    ...{ half_bytes: 0, full_bytes: 0 },
  }
  for (let i = 0; i < count; i++) {
    if (i === count / 2) report.half_bytes = used_bytes()
    const { exchange, body } = mutatedRequest(seed, i, NOW_MS)
    const { status, body: text } = await call(bidder.handler, exchange, body)
    report.statuses[status] = (report.statuses[status] ?? 0) + 1
    if (text.includes('"impid"')) report.bids++
    for (const fault of [...bidder.faults.splice(0), ...shapeOf(status, text)])
      if (report.faults.length < MOST_FAULTS) report.faults.push(`request ${seed}/${i}: ${fault}`)
  }
  report.polluted = 'polluted' in {}
  report.full_bytes = used_bytes()
  return report
}

const [count = 0, seed = 0] = process.argv.slice(2).map(Number)
if (!globalThis.gc) throw new Error('run with --expose-gc')
process.stdout.write(JSON.stringify(await soak(count, seed)))
