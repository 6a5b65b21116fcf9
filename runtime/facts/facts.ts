/** Facts as they come from outside: size, shape and digest are checked before the engine sees them. */
import type { Facts } from '@flightplan/contract/facts.ts'
import { canonicalJson, factsDigest } from './canonical.ts'
import { type Check, type FactsFault, isObject, listOf, mapOf, milliseconds, oneOf, record, text } from './check.ts'

/** A bidder keeps its last good facts rather than read something larger. */
export const MAX_FACTS_BYTES = 64 << 20
/** A source that loses more than half of its entries at once is more likely broken than right. */
const MAX_SHRINK = 0.5
const SHRINK_FROM = 100

const CURRENCY = /^[A-Z]{3}$/

const FACTS: Check = record({
  digest: text(/^sha256:[0-9a-f]{64}$/, 'a digest, `sha256:` and 64 hexadecimal digits'),
  made_at_ms: milliseconds,
  rates: record({
    base: text(CURRENCY, 'an ISO 4217 currency'),
    at_ms: milliseconds,
    max_age_ms: milliseconds,
    source: text(/^.{1,200}$/, 'the name of a source'),
    per_unit: mapOf(text(/^(?!0+(\.0+)?$)\d{1,9}(\.\d{1,12})?$/, 'a positive decimal text such as "1.0834"'), CURRENCY),
  }),
  audits: mapOf(mapOf(oneOf('approved', 'pending', 'rejected'))),
  deals: mapOf(oneOf('open', 'paused', 'ended'), /^[^/]+\/.+$/),
  sellers: mapOf(listOf(text(/^[^/\s]+\/\S+$/, '`asi/sid`, an exchange domain and a seller id'))),
  invalid_traffic: record({
    networks: listOf(text(/^[0-9a-fA-F.:]+\/\d{1,3}$/, 'a network prefix such as 192.0.2.0/24')),
    agents: listOf(text(/^.{3,200}$/, 'a part of a user agent, at least 3 characters')),
  }),
})

export type FactsResult = { facts: Facts; faults: [] } | { facts: null; faults: FactsFault[] }

/**
 * Reads the bytes of facts. Refused: too many bytes, no JSON, a wrong shape, a digest that does not match, or far fewer
 * sellers, verdicts or networks than `lastGood` has. Maps come without a prototype, so a domain of a request named
 * `__proto__` finds nothing.
 */
export function readFacts(bytes: Uint8Array, lastGood: Facts | null = null): FactsResult {
  if (bytes.length > MAX_FACTS_BYTES) return refuse('', `${bytes.length} bytes; at most ${MAX_FACTS_BYTES} are read`)
  const parsed = parseJson(bytes)
  if (parsed instanceof Error) return refuse('', `not JSON: ${parsed.message}`)
  const faults: FactsFault[] = []
  FACTS(parsed, '', faults)
  if (faults.length > 0) return { facts: null, faults }
  const facts = withoutPrototypes(parsed) as Facts // FACTS checked every field
  const digest = factsDigest(facts)
  if (digest !== facts.digest) return refuse('digest', `the content has ${digest}`)
  const shrunk = lastGood ? shrinkFaults(facts, lastGood) : []
  return shrunk.length > 0 ? { facts: null, faults: shrunk } : { facts, faults: [] }
}

/** Facts as of now from a template (the shipped example), for `npm start` and tests: fresh rates, a right digest. */
export function mintFacts(template: Facts, now_ms: number): Facts {
  const facts = { ...template, made_at_ms: now_ms, rates: { ...template.rates, at_ms: now_ms } }
  return { ...facts, digest: factsDigest(facts) }
}

/** The bytes that {@link readFacts} reads. */
export const writeFacts = (facts: Facts): Uint8Array => new TextEncoder().encode(`${canonicalJson(facts)}\n`)

const refuse = (path: string, message: string): FactsResult => ({
  facts: null,
  faults: [{ path: path || 'facts', message }],
})

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function withoutPrototypes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPrototypes)
  if (!isObject(value)) return value
  const out: Record<string, unknown> = Object.create(null)
  for (const [key, inner] of Object.entries(value)) out[key] = withoutPrototypes(inner)
  return out
}

function shrinkFaults(facts: Facts, lastGood: Facts): FactsFault[] {
  const counts = ({ sellers, audits, invalid_traffic }: Facts) => ({
    sellers: Object.keys(sellers).length,
    audits: Object.values(audits).reduce((sum, verdicts) => sum + Object.keys(verdicts).length, 0),
    'invalid_traffic.networks': invalid_traffic.networks.length,
  })
  const before = Object.entries(counts(lastGood))
  const after = Object.values(counts(facts))
  return before.flatMap(([path, count], i) => {
    const now = after[i] ?? 0
    if (count < SHRINK_FROM || now >= count * MAX_SHRINK) return []
    return [{ path, message: `only ${now} of ${count} entries are left; the last good facts stay in use` }]
  })
}
