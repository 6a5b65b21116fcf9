/** `flight traffic`: makes an example day of recorded traffic, and shows single requests of a log. */
import { createWriteStream, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { compile } from '@flightplan/compiler/compile.ts'
import { TRAFFIC_FORMAT } from '@flightplan/contract/traffic.ts'
import { exampleDay } from '@flightplan/lab/worlds/example-day.ts'
import { openWorldLedger } from '@flightplan/lab/worlds/ledger.ts'
import { EXIT, type ExitCode, usage } from './exit.ts'
import { factsFor } from './facts/read.ts'
import { type Output, report } from './output.ts'
import { openLog } from './plan/log.ts'
import { openSubject } from './plan/subject.ts'
import { openRoot } from './root.ts'

/** Where `flight plan` looks when no log is named. */
export const TRAFFIC_FILE = '.flight/traffic.ndjson.gz'
/** The day of the example: any would do, as shipped campaigns run from 2020 to 2099. */
const DAY_MS = Date.UTC(2027, 2, 10)
/** Lines go out in blocks: one write an auction would cost more than making it. */
const BLOCK = 500

interface GenerateOptions {
  root: string
  requests: number
  seed: number
  oneIn: number
  out?: string
  facts?: string
}

export async function generate(output: Output, options: GenerateOptions): Promise<ExitCode> {
  const root = openRoot(options.root)
  const { release, diagnostics } = await compile(root, { now_ms: DAY_MS })
  if (!release) return report(output, diagnostics, 'pretty', root)
  const facts = factsFor(output, root, { now: DAY_MS, ...(options.facts !== undefined && { facts: options.facts }) })
  const subject = await openSubject(release, facts, text => output.progress(text))
  const ledger = openWorldLedger(subject.engine.snapshot, options.oneIn)
  const { seed, requests, oneIn } = options
  const day = { seed, requests, day_ms: DAY_MS, vendorId: subject.engine.snapshot.meta.vendor_id }
  const header = { traffic: TRAFFIC_FORMAT, one_in: oneIn, source: `example day, seed ${seed}` }
  const file = options.out ?? join(root, TRAFFIC_FILE)
  mkdirSync(dirname(file), { recursive: true })
  const lines = blocks(header, exampleDay(day, { ...subject, ledger }))
  const target = createWriteStream(file)
  if (file.endsWith('.gz')) await pipeline(Readable.from(lines), createGzip(), target)
  else await pipeline(Readable.from(lines), target)
  await subject.close()
  output.result(`${file}\n`)
  return EXIT.ok
}

async function* blocks(header: object, auctions: AsyncIterable<object>): AsyncGenerator<string> {
  let lines = [`${JSON.stringify(header)}\n`]
  for await (const auction of auctions) {
    lines.push(`${JSON.stringify(auction)}\n`)
    if (lines.length < BLOCK) continue
    yield lines.join('')
    lines = []
  }
  yield lines.join('')
}

/** The request of one recorded auction, for `flight explain --request -`. */
export function show(output: Output, file: string, number: string): ExitCode {
  for (const { auction, request } of openLog(file).read())
    if (String(auction) === number) {
      output.result(`${JSON.stringify(request)}\n`)
      return EXIT.ok
    }
  throw usage(`${file} has no auction ${number}`)
}
