/** All measurements of one world, one after another: nothing else of the bench runs meanwhile. */
import { resolve } from 'node:path'
import { startBare, startBidder } from './bidder.ts'
import { type Capacity, measureCapacity } from './capacity.ts'
import type { IndexFigures } from './index-child.ts'
import { highestRate, type OpenRun, offer } from './open-loop.ts'
import { type Build, build, buildAfterEdit, type Repository, writeRepository } from './repository.ts'
import { deckOf } from './requests.ts'
import { run } from './run.ts'
import type { Server } from './server.ts'
import { measureSwaps, pointTo, putBeside, type Swap } from './swap.ts'

/** How much of it; the same measurements in each case. */
export interface Plan {
  requests: number
  indexRequests: number
  series: number
  run_ms: number
  warm_ms: number
  openSteps: number
  swaps: number
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
  const edit = buildAfterEdit(repository, `${repository.channel}-next`)
  say(`slowest stages, ms: ${slowStages(cold)}`)
  say('index in process')
  const index = indexFigures(cold.dir, plan.indexRequests)
  const servers: Server[] = []
  const live = liveOf()
  try {
    servers.push(await startBare())
    const bidder = await startBidder({ repository, http: 'strict', onLive: live.told })
    servers.push(bidder, await startBidder({ repository, http: 'node' }))
    say(`closed loop: ${plan.series + 1} series of ${servers.length} × ${plan.run_ms} ms`)
    const capacity = await measureCapacity(servers, requests, {
      ...{ series: plan.series, warm_ms: plan.warm_ms },
      duration_ms: plan.run_ms,
    })
    for (const other of servers.filter(server => server !== bidder)) await other.stop()
    const open = await openFigures(bidder, requests, capacity[1]?.perSecond ?? 0, plan, say)
    const rate_per_s = open && Math.round(open.offered_per_s / 2)
    const releases: Releases = { repository, cold, edit, live }
    const swap = rate_per_s && (await swapFigures(bidder, requests, rate_per_s, releases, plan, say))
    return { lineItems, cold, edit, index, capacity, open, swap: swap || null }
  } finally {
    for (const server of servers) await server.stop()
  }
}

/** Only the swap, at a rate that is given. Warms up first: code that V8 has not compiled yet is what a start costs, not a swap. */
export async function benchSwap(
  lineItems: number,
  rate_per_s: number,
  plan: Plan,
  requests: readonly Buffer[],
  say: Say,
): Promise<{ lineItems: number; swap: Swap }> {
  say(`${lineItems} line items: build`)
  const repository = writeRepository(lineItems)
  const cold = build(repository, repository.channel)
  const edit = buildAfterEdit(repository, `${repository.channel}-next`)
  const live = liveOf()
  const bidder = await startBidder({ repository, http: 'strict', onLive: live.told })
  try {
    await offer(bidder, deckOf(requests), rate_per_s, plan.warm_ms)
    return {
      lineItems,
      swap: await swapFigures(bidder, requests, rate_per_s, { repository, cold, edit, live }, plan, say),
    }
  } finally {
    await bidder.stop()
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

interface Releases {
  repository: Repository
  cold: Build
  edit: Build
  live: Live
}

/** To the edited release, back to the first one, and so on. */
function swapFigures(
  bidder: Server,
  requests: readonly Buffer[],
  rate_per_s: number,
  { repository, cold, edit, live }: Releases,
  plan: Plan,
  say: Say,
): Promise<Swap> {
  say(`${plan.swaps} swaps at ${rate_per_s}/s`)
  putBeside(repository.channel, edit)
  let next = edit
  const { swaps, swapAround_ms: around_ms, swapLoad_ms: load_ms } = plan
  return measureSwaps(bidder, deckOf(requests), {
    ...{ rate_per_s, swaps, around_ms, load_ms },
    stage() {
      const { digest } = next
      next = next === edit ? cold : edit
      return { flip: () => pointTo(repository.channel, digest), live: live.next(digest) }
    },
  })
}

interface Live {
  /** What the bidder says that it serves now. */
  told(digest: string): void
  /** Resolves when the bidder says so of this one. */
  next(digest: string): Promise<void>
}

function liveOf(): Live {
  let awaited: { digest: string; done: () => void } | null = null
  return {
    told: digest => {
      if (digest === awaited?.digest) awaited.done()
    },
    next(digest) {
      const { promise, resolve: done } = Promise.withResolvers<void>()
      awaited = { digest, done }
      return promise
    },
  }
}

/** Of `flight build`, the longest first. */
const slowStages = ({ timings_ms }: Build): string =>
  Object.entries(timings_ms)
    .sort((a, b) => b[1] - a[1])
    .slice(0, 4)
    .map(([stage, ms]) => `${stage} ${Math.round(ms)}`)
    .join(', ')
