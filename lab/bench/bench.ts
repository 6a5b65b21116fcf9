/** All measurements of one world, one after another: nothing else of the bench runs meanwhile. */
import { resolve } from 'node:path'
import { startBare, startBidder } from './bidder.ts'
import { type Capacity, measureCapacity } from './capacity.ts'
import type { IndexFigures } from './index-child.ts'
import { highestRate, type OpenRun } from './open-loop.ts'
import { type Build, build, editOneFile, type Repository, stage, writeRepository } from './repository.ts'
import { deckOf } from './requests.ts'
import { run } from './run.ts'
import type { Server } from './server.ts'
import { measureSwap, type Swap } from './swap.ts'

/** How much of it; the same measurements in each case. */
export interface Plan {
  requests: number
  indexRequests: number
  series: number
  run_ms: number
  warm_ms: number
  openSteps: number
  swapAround_ms: number
  swapLoad_ms: number
}

export interface Figures {
  lineItems: number
  cold: Build
  edit: Build
  index: IndexFigures
  /** The bare reference first, then the bidder on its own server, then on node:http. */
  capacity: Capacity[]
  open: OpenRun | null
  swap: Swap | null
}

type Say = (text: string) => void

export async function benchWorld(
  lineItems: number,
  plan: Plan,
  requests: readonly Buffer[],
  say: Say,
): Promise<Figures> {
  say(`${lineItems} line items: build`)
  const repository = writeRepository(lineItems)
  const cold = build(repository, repository.channel)
  editOneFile(repository)
  const edit = build(repository, `${repository.channel}-next`)
  say(`slowest stages, ms: ${slowStages(cold)}`)
  say('index in process')
  const index = indexFigures(cold.dir, plan.indexRequests)
  const servers: Server[] = []
  const { live, onLive } = awaitLive(edit.digest)
  try {
    servers.push(await startBare())
    const bidder = await startBidder({ repository, http: 'strict', onLive })
    servers.push(bidder, await startBidder({ repository, http: 'node' }))
    say(`closed loop: ${plan.series + 1} series of ${servers.length} × ${plan.run_ms} ms`)
    const capacity = await measureCapacity(servers, requests, {
      ...{ series: plan.series, warm_ms: plan.warm_ms },
      duration_ms: plan.run_ms,
    })
    for (const other of servers.filter(server => server !== bidder)) await other.stop()
    const open = await openFigures(bidder, requests, capacity[1]?.perSecond ?? 0, plan, say)
    const swap = open && (await swapFigures(bidder, requests, open, { repository, edit, live }, plan, say))
    return { lineItems, cold, edit, index, capacity, open, swap }
  } finally {
    for (const server of servers) await server.stop()
  }
}

/** In a process of its own: what the load client holds must not weigh on its garbage collector. */
function indexFigures(dir: string, count: number): IndexFigures {
  const script = resolve(import.meta.dirname, 'index-child.ts')
  return JSON.parse(run(script, [dir, `${count}`, `${Date.now()}`]).stdout) as IndexFigures // it prints them
}

function openFigures(bidder: Server, requests: readonly Buffer[], capacity_per_s: number, plan: Plan, say: Say) {
  say(`open loop: ${plan.openSteps} steps from ${Math.round(capacity_per_s)}/s`)
  return highestRate(bidder, deckOf(requests), { capacity_per_s, steps: plan.openSteps, duration_ms: plan.run_ms })
}

function swapFigures(
  bidder: Server,
  requests: readonly Buffer[],
  open: OpenRun,
  { repository, edit, live }: { repository: Repository; edit: Build; live: Promise<void> },
  plan: Plan,
  say: Say,
): Promise<Swap> {
  const rate_per_s = Math.round(open.offered_per_s / 2)
  say(`swap at ${rate_per_s}/s`)
  const { flip } = stage(repository, edit)
  const { swapAround_ms: around_ms, swapLoad_ms: load_ms } = plan
  return measureSwap(bidder, deckOf(requests), { rate_per_s, around_ms, load_ms, flip, live })
}

function awaitLive(digest: string) {
  const { promise: live, resolve: done } = Promise.withResolvers<void>()
  const onLive = (now: string) => {
    if (now === digest) done()
  }
  return { live, onLive }
}

/** Of `flight build`, the longest first. */
const slowStages = ({ timings_ms }: Build): string =>
  Object.entries(timings_ms)
    .sort((a, b) => b[1] - a[1])
    .slice(0, 4)
    .map(([stage, ms]) => `${stage} ${Math.round(ms)}`)
    .join(', ')
