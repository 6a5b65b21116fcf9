/** The load: generated traffic as it comes over the wire. */
import { parseAuction } from '@flightplan/engine/parse/parse.ts'
import { encodeRequest } from '../load/client.ts'
import { generateTraffic, type Traffic } from '../traffic/generate.ts'
import { Random } from '../traffic/random.ts'

const SEED = 7

/** Whole requests only: a malformed one is answered 400 at next to no cost, and would flatter the figures. */
export function benchTraffic(count: number, at_ms: number): Traffic[] {
  const out: Traffic[] = []
  for (let index = 0; out.length < count; index++) {
    const traffic = generateTraffic(SEED, index, { at_ms })
    if (parseAuction(traffic.request)) out.push(traffic)
  }
  return out
}

/** All distinct, each to the path of its exchange, with the headers that Envoy adds: an id of its own for each. */
export function wireRequests(count: number, at_ms: number): Buffer[] {
  return benchTraffic(count, at_ms).map(({ exchange, request }, index) =>
    encodeRequest(`/openrtb2/${exchange}`, JSON.stringify(request), envoyHeaders(new Random(SEED, index).uuid())),
  )
}

const envoyHeaders = (id: string) => [
  'accept-encoding: gzip',
  'x-forwarded-for: 192.0.2.17',
  'x-forwarded-proto: https',
  `x-request-id: ${id}`,
  'x-envoy-expected-rq-timeout-ms: 120',
]

/** Gives each run its requests, beginning where the run before ended: all of them are used, however short the runs. */
export interface Deck {
  requests(): Buffer[]
  used(n: number): void
}

export function deckOf(all: readonly Buffer[]): Deck {
  let at = 0
  return {
    requests: () => [...all.slice(at), ...all.slice(0, at)],
    used: n => {
      at = (at + n) % all.length
    },
  }
}
