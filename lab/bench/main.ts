/** `npm run bench`: what a build, the index, the bidder and a swap cost, at three sizes. Table on stdout, progress on stderr. */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { benchSwap, benchWorld, type Figures, type Plan } from './bench.ts'
import { demandRows } from './demands.ts'
import { documentOf } from './document.ts'
import { wireRequests } from './requests.ts'
import { asText, rowsOf, swapRows } from './table.ts'

const USAGE = `usage: npm run bench -- [--line-items 1000,10000,100000] [--seconds 3] [--series 3] [--quick] [--swap-at RATE] [--write] [--now YYYY-MM-DD]
`
const DOCUMENT = resolve(import.meta.dirname, '../../docs/benchmarks.md')
const FULL = {
  requests: 60_000,
  indexRequests: 5000,
  openSteps: 6,
  warm_ms: 10_000,
  swaps: 5,
  swapAround_ms: 2500,
  swapLoad_ms: 4000,
}
/** For the tests: everything once, so that it cannot rot; its figures mean nothing. */
const QUICK: Plan = {
  ...{ requests: 2000, indexRequests: 300, series: 1, warm_ms: 1500, run_ms: 400 },
  ...{ openSteps: 2, swaps: 1, swapAround_ms: 1200, swapLoad_ms: 6000 },
}

interface Options {
  lineItems: number[]
  plan: Plan
  /** Only the swap, at this many requests a second. */
  swapAt_per_s: number | null
  write: boolean
  date: string
}

function positive(name: string, text: string): number {
  const value = Number(text)
  if (!(value > 0 && value <= 1e6)) throw new RangeError(`--${name}: "${text}" is no number from above 0 to 1000000`)
  return value
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      'line-items': { type: 'string' },
      seconds: { type: 'string', default: '3' },
      series: { type: 'string', default: '3' },
      quick: { type: 'boolean', default: false },
      'swap-at': { type: 'string' },
      write: { type: 'boolean', default: false },
      now: { type: 'string', default: new Date().toISOString().slice(0, 10) },
    },
  })
  const sizes = (values['line-items'] ?? (values.quick ? '200' : '1000,10000,100000')).split(',')
  const lineItems = sizes.map(text => Math.ceil(positive('line-items', text)))
  const full = {
    series: Math.ceil(positive('series', values.series)),
    run_ms: 1000 * positive('seconds', values.seconds),
  }
  const swapAt = values['swap-at']
  const swapAt_per_s = swapAt === undefined ? null : positive('swap-at', swapAt)
  return {
    lineItems,
    swapAt_per_s,
    plan: values.quick ? QUICK : { ...FULL, ...full },
    write: values.write,
    date: values.now,
  }
}

const say = (text: string) => void process.stderr.write(`${text}\n`)

async function main({ lineItems, plan, swapAt_per_s, write, date }: Options): Promise<void> {
  say(`${plan.requests} requests`)
  const requests = wireRequests(plan.requests, Date.now())
  if (swapAt_per_s !== null) {
    const swaps: Awaited<ReturnType<typeof benchSwap>>[] = []
    for (const n of lineItems) swaps.push(await benchSwap(n, swapAt_per_s, plan, requests, say))
    return void process.stdout.write(asText(swapRows(swaps)))
  }
  const all: Figures[] = []
  for (const n of lineItems) all.push(await benchWorld(n, plan, requests, say))
  process.stdout.write(`${asText(rowsOf(all))}\n${asText(demandRows(all))}`)
  if (!write) return
  const command = `npm run bench -- ${process.argv.slice(2).join(' ')}`
  writeFileSync(DOCUMENT, documentOf(all, { date, command, plan }))
}

// The edge of the process: whatever goes wrong becomes one line.
try {
  await main(readOptions())
} catch (error) {
  const isOption = error instanceof RangeError || error instanceof TypeError // ours, or of parseArgs
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${isOption ? USAGE : ''}`)
  process.exitCode = 1
}
