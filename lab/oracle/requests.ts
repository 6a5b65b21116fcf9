/** The requests of a comparison: generated traffic, and the shared corpus where it is there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { generateTraffic } from '../traffic/generate.ts'
import { has, list, tree } from './lenient.ts'
import { EXCHANGES } from './random-where.ts'

export interface Asked {
  exchange: string
  request: unknown
  now_ms: number
  /** Names in our own profile store that the user has. */
  profiles: readonly string[]
}

/** Every third user is known; one name is of the random worlds, one of the shipped. */
const profilesOf = (i: number): string[] => (i % 3 === 0 ? ['site-visitors', 'harvest-loyalty'] : [])

const CORPUS = new URL('../../../shared/corpus/', import.meta.url)

/** Every `requests-*` line of ../shared/corpus; none where the folder is absent. */
export function corpusRequests(now_ms: number): Asked[] {
  if (!existsSync(CORPUS)) return []
  return readdirSync(CORPUS)
    .filter(name => /^requests-.*\.ndjson\.gz$/.test(name))
    .flatMap(name =>
      gunzipSync(readFileSync(new URL(name, CORPUS)))
        .toString('utf8')
        .trim()
        .split('\n'),
    )
    .map((line, i) => ({
      exchange: EXCHANGES[i % EXCHANGES.length] ?? 'alpha',
      request: (JSON.parse(line) as { request: unknown }).request, // as the corpus' README says
      now_ms,
      profiles: profilesOf(i),
    }))
}

const HOUR_MS = 3_600_000
/** `count` generated requests over a week that begins at `from_ms`. */
export function generatedRequests(seed: number, count: number, from_ms: number): Asked[] {
  return Array.from({ length: count }, (_, i) => {
    const at_ms = from_ms + Math.floor((i * 168) / count) * HOUR_MS
    const { exchange, request } = generateTraffic(seed, i, { at_ms })
    // as bytes would arrive: no shared references, no undefined
    const wire = JSON.parse(JSON.stringify(request)) as unknown
    return { exchange, request: i % 3 === 1 ? inBreaks(wire, i) : wire, now_ms: at_ms, profiles: profilesOf(i) }
  })
}

/** Makes dynamic pods of what plays over time: some long, some too short, some without `maxseq`. */
function inBreaks(request: unknown, i: number): unknown {
  for (const imp of list(tree(request)['imp']).map(tree))
    for (const format of ['video', 'audio'])
      if (has(imp[format]))
        Object.assign(tree(imp[format]), { poddur: 20 + (i % 7) * 20, ...(i % 2 && { maxseq: 1 + (i % 4) }) })
  return request
}

const SEATS = ['-seat-deal', '-seat-acme', '-seat'] as const

/** The same requests, each with a seat of the random worlds listed or blocked, and all its deals for everybody. */
export const asSeats = (asked: readonly Asked[]): Asked[] =>
  asked.map((one, i) => {
    const seats = [`${one.exchange}${SEATS[i % SEATS.length]}`]
    const request = { ...tree(structuredClone(one.request)), ...(i % 2 === 0 ? { wseat: seats } : { bseat: seats }) }
    for (const imp of list(tree(request)['imp']).map(tree))
      for (const deal of list(tree(imp['pmp'])['deals']).map(tree)) Object.assign(deal, { wseat: [] })
    return { ...one, request }
  })
