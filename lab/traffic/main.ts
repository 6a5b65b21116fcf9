import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { EXCHANGE_NAMES, type ExchangeName } from './exchange-mix.ts'
import { requestStream, type StreamOptions } from './generate.ts'

const USAGE = `usage: node lab/traffic/main.ts [--seed N] [--count N] [--exchange ${EXCHANGE_NAMES.join('|')}]
       [--day YYYY-MM-DD] [--vendor N] [--out FILE]
`

function whole(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} "${text}" is not a whole number`)
  return value
}

function exchangeNamed(text: string): ExchangeName {
  const found = EXCHANGE_NAMES.find(name => name === text)
  if (found === undefined) throw new Error(`--exchange "${text}" is unknown: use one of ${EXCHANGE_NAMES.join(', ')}`)
  return found
}

function dayNamed(text: string): number {
  const day_ms = Date.parse(`${text}T00:00:00Z`)
  if (Number.isNaN(day_ms)) throw new Error(`--day "${text}" is not a date such as 2027-03-10`)
  return day_ms
}

function readOptions(): StreamOptions & { out: string | undefined } {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      count: { type: 'string', default: '1000' },
      day: { type: 'string', default: '2027-03-10' },
      exchange: { type: 'string' },
      vendor: { type: 'string' },
      out: { type: 'string' },
    },
  })
  return {
    seed: whole('seed', values.seed),
    count: whole('count', values.count),
    day_ms: dayNamed(values.day),
    ...(values.exchange === undefined ? {} : { exchange: exchangeNamed(values.exchange) }),
    ...(values.vendor === undefined ? {} : { vendorId: whole('vendor', values.vendor) }),
    out: values.out,
  }
}

// Lines go out in blocks: one write a request would cost more than making it.
const BLOCK = 500

function* blocks(options: StreamOptions): Generator<string, void, void> {
  let lines: string[] = []
  let done = 0
  for (const { request } of requestStream(options)) {
    lines.push(`${JSON.stringify(request)}\n`)
    if (++done % 10_000 === 0) process.stderr.write(`${done} of ${options.count}\n`)
    if (lines.length < BLOCK) continue
    yield lines.join('')
    lines = []
  }
  yield lines.join('')
  process.stderr.write(`${done} requests\n`)
}

// The edge of the process: whatever goes wrong becomes one line. A reader that leaves early (`| head`) is no error.
try {
  const { out, ...options } = readOptions()
  const target = out === undefined ? process.stdout : createWriteStream(out)
  await pipeline(Readable.from(blocks(options)), target)
} catch (error) {
  if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`)
    process.exitCode = 2
  }
}
