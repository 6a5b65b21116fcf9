import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeGpp } from '../../privacy/gpp.ts'
import { decodeTcf, MAX_CONSENT_CHARS } from '../../privacy/tcf.ts'
import { decodeUsp } from '../../privacy/usp.ts'
import { base64url, fibonacciRange, int, intRange } from './bit-writer.ts'
import { consentVectors, skipCorpus } from './corpus.ts'
import { coreBits, encodeTcf, REFUSAL } from './tcf-writer.ts'

const SEED = 0x5eed
const SIDS = Array.from({ length: 30 }, (_, at) => at)
const CHARS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~~..=+/ \n\0é\ud800😀'

/** mulberry32: a seeded stream of 32-bit numbers. */
function random(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const LISTS = {
  maxId: 60_000,
  groups: [
    [1, 9],
    [40, 60_000],
  ] as const,
  asRange: true,
}
const RESTRICTIONS = [{ purpose: 2, type: 1, groups: [[1, 900]] as const }]

function seeds(): string[] {
  const tcf = encodeTcf({
    ...REFUSAL,
    consents: LISTS,
    legitimate: LISTS,
    restrictions: RESTRICTIONS,
    disclosed: LISTS,
  })
  const header = base64url(
    int(3, 6) +
      int(1, 6) +
      fibonacciRange([
        [2, 2],
        [6, 7],
        [25, 25],
      ]),
  )
  const own = [tcf, `${header}~${tcf}~1YNN~BVVqAAEABCA.YA~BQAA.AAA`, '1YNN', '']
  if (skipCorpus) return own
  const tcfVectors = consentVectors<{ tcString: string }>('consent-tcf').map(vector => vector.tcString)
  const gppVectors = consentVectors<{ gppString: string }>('consent-gpp').map(vector => vector.gppString)
  return [...own, ...tcfVectors, ...gppVectors]
}

function mutate(text: string, pick: (below: number) => number): string {
  const at = pick(text.length + 1)
  const char = CHARS[pick(CHARS.length)] ?? ''
  switch (pick(5)) {
    case 0:
      return text.slice(0, at)
    case 1:
      return text.slice(0, at) + char + text.slice(at + 1)
    case 2:
      return text.slice(0, at) + char + text.slice(at)
    case 3:
      return text.slice(0, at) + text.slice(pick(text.length + 1))
    default:
      return Array.from({ length: pick(80) }, () => CHARS[pick(CHARS.length)]).join('')
  }
}

function decodeAll(text: string): void {
  decodeTcf(text, 32)
  decodeGpp(text, SIDS, 32)
  decodeUsp(text)
}

test(`100,000 mutated, cut and random strings: none throws, none hangs (seed ${SEED})`, () => {
  const pick = random(SEED)
  const texts = seeds()
  const started_ms = cpu_ms()
  for (let run = 0; run < 100_000; run++) {
    let text = texts[pick(texts.length)] ?? ''
    for (let times = pick(3); times >= 0; times--) text = mutate(text, pick)
    decodeAll(text)
  }
  const took_ms = cpu_ms() - started_ms
  assert.ok(took_ms < 10_000, `took ${took_ms} ms`)
})

/** Strings of the greatest allowed length in which every count, maximum and range is as large as it can be. */
function adversarial(index: number): string {
  const head = coreBits(REFUSAL).slice(0, 213)
  const fill = (bits: string, char: string) => base64url(bits).padEnd(MAX_CONSENT_CHARS, char)
  const everyone = intRange(Array.from({ length: 2_500 - (index % 50) }, () => [1, 65_535] as const))
  const kinds = [
    () => fill(`${head}${int(65_535, 16)}0`, '_'),
    () => fill(`${head}${int(65_535, 16)}1${int(4095, 12)}`, '_'),
    () => fill(`${head}${int(65_535, 16)}1${everyone}${int(0, 17)}${int(4095, 12)}`, 'A'),
    () => fill(`${head}${int(0, 34)}${int(4095, 12)}`, 'A'),
    () => fill(`${head}${int(0, 34)}${int(4095, 12)}`, 'C'),
    () => `${encodeTcf(REFUSAL)}.${fill('', 'Y')}`.slice(0, MAX_CONSENT_CHARS),
    () => `${encodeTcf(REFUSAL)}${'.Y'.repeat(MAX_CONSENT_CHARS)}`.slice(0, MAX_CONSENT_CHARS),
    () => fill(`${int(3, 6)}${int(1, 6)}${int(4095, 12)}`, '_'),
    () => fill(`${int(3, 6)}${int(1, 6)}${int(4095, 12)}`, 'b'),
    () => `DBABjw${'~'.repeat(MAX_CONSENT_CHARS)}`.slice(0, MAX_CONSENT_CHARS),
    () => `DBABLA~BVVqAAEABCA${'.YA'.repeat(MAX_CONSENT_CHARS)}`.slice(0, MAX_CONSENT_CHARS),
    () => `DBABDA~B${base64url(head).slice(1, 34)}${'_'.repeat(MAX_CONSENT_CHARS)}`.slice(0, MAX_CONSENT_CHARS),
  ]
  return (kinds[index % kinds.length] ?? (() => ''))()
}

const KINDS = 12
const ROUNDS = 3

test('1,000 adversarial strings of the greatest length decode in under 1 ms each, by kind', t => {
  const texts = Array.from({ length: 1_000 }, (_, index) => adversarial(index))
  for (const text of texts.slice(0, 100)) decode(text) // until the code is compiled
  // The CPU clock ticks in milliseconds: what a kind takes is read over all of its strings, not one by one.
  const mean_ms = Array.from({ length: KINDS }, (_, kind) => {
    const ofKind = texts.filter((_, index) => index % KINDS === kind)
    const started_ms = cpu_ms()
    for (let round = 0; round < ROUNDS; round++) for (const text of ofKind) decode(text)
    return (cpu_ms() - started_ms) / (ROUNDS * ofKind.length)
  })
  const worst_ms = Math.max(...mean_ms)
  assert.ok(worst_ms < 1, `strings of kind ${mean_ms.indexOf(worst_ms)} take ${worst_ms} ms`)
  t.diagnostic(`worst kind: ${worst_ms.toFixed(3)} ms a string, both decoders`)
})

/** Both decoders: a request may carry a string for each of them. */
function decode(text: string): void {
  decodeTcf(text, 32)
  decodeGpp(text, SIDS, 32)
}

/** CPU time of this thread, not of the clock: a busy machine makes nothing slower. */
function cpu_ms(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
