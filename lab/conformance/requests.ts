/** What is sent: ../shared/corpus where it is there, and generated traffic, always. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { generateTraffic } from '../traffic/generate.ts'
import { mutate } from '../traffic/mutate.ts'

export const EXCHANGES = ['alpha', 'boreal', 'cascade'] as const

const CORPUS = new URL('../../../shared/corpus/', import.meta.url)
/** For `skip` of a test: false where the corpus is there. */
export const noCorpus: string | false = existsSync(CORPUS) ? false : 'no ../shared/corpus'

export interface Sent {
  exchange: string
  body: Buffer
  /** `rich`, `strict26` …; of the corpus only. */
  tags: readonly string[]
  source: string
}

const exchangeAt = (i: number): string => EXCHANGES[i % EXCHANGES.length] ?? EXCHANGES[0]

interface Line {
  source: string
  ptr?: string
  tags?: string[]
  request?: unknown
  raw?: string
}

function linesOf(isWanted: (name: string) => boolean): Sent[] {
  const lines = readdirSync(CORPUS)
    .filter(isWanted)
    .sort()
    .flatMap(name =>
      gunzipSync(readFileSync(new URL(name, CORPUS)))
        .toString('utf8')
        .trim()
        .split('\n'),
    )
  return lines.map((line, i) => {
    const { source, ptr = '', tags = [], request, raw } = JSON.parse(line) as Line // as the corpus' README says
    return { exchange: exchangeAt(i), body: Buffer.from(raw ?? JSON.stringify(request)), tags, source: source + ptr }
  })
}

const FRAGMENTS = 'requests-fragment.ndjson.gz'
const MALFORMED = 'malformed.ndjson.gz'

/** Every whole request of the corpus, round-robin to all exchanges; none where it is absent. */
export const wholeRequests = (): Sent[] =>
  noCorpus ? [] : linesOf(name => name.startsWith('requests-') && name !== FRAGMENTS)

/** What is no whole request, or not well-formed. */
export const brokenRequests = (): Sent[] => (noCorpus ? [] : linesOf(name => name === FRAGMENTS || name === MALFORMED))

/** Each to the exchange in whose dialect it is written. */
export function generatedRequest(seed: number, index: number, at_ms: number): Sent {
  const { exchange, request, kind } = generateTraffic(seed, index, { at_ms })
  return {
    exchange,
    body: Buffer.from(JSON.stringify(request)),
    tags: [],
    source: `generated ${kind} ${seed}/${index}`,
  }
}

/** A generated request with seeded damage. */
export function mutatedRequest(seed: number, index: number, at_ms: number): Sent {
  const { exchange, body, ...rest } = generatedRequest(seed, index, at_ms)
  return { ...rest, exchange, body: mutate(seed * 1_000_003 + index, body) }
}
