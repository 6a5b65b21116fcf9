/** docs/notices.md says what becomes of a notice; here each row happens. */
import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { LoggedEvent } from '@flightplan/contract/events.ts'
import { SETTLE_MS } from '@flightplan/contract/marks.ts'
import { openProgress } from '../../notice/marks.ts'
import { openPriceCodec } from '../../notice/price-codec.ts'
import { createReceiver, newNoticeTally } from '../../notice/receive.ts'
import { openSeen } from '../../notice/seen.ts'
import { SpoolBusy } from '../../notice/spool.ts'
import { mintTokens, type TokenClaims } from '../../notice/token.ts'
import { NOON_MS } from '../events/event.ts'

const key = createSecretKey(Buffer.alloc(32, 3))
const CLAIMS: TokenClaims = {
  ...{ nonce: 5n, release: '0123456789abcdef', facts: 'fedcba9876543210', issued_ms: NOON_MS, day: 20_878, user: 0n },
  ...{ price_nano: 5_000_000, currency: 'USD', cost_nano: 5_500_000, auction: 1n, billedBy: 'pixel', test: false },
  ...{ deal: false, exchange: 'alpha', lineItem: 'spring/broad', creative: 'acme-300x250', format: 'banner' },
  ...{ advertiser: 'acme', orderCurrency: 'EUR' },
}

interface Setting {
  claims?: Partial<TokenClaims>
  /** After the bid. */
  after_ms?: number
  isFull?: true
}
type Kind = 'win' | 'bill' | 'loss' | 'click'

/** `link` with `t` filled in; several: the last one is the case. */
const link = (path: string, kind: Kind, query: string) => ({ path, kind, query })
const bill = (p: string, s = 'markup') => [link('/n/b', 'bill', `p=${p}&s=${s}`)]
const CASES: Record<string, [links: { path: string; kind: Kind; query: string }[], setting?: Setting]> = {
  'bill at the bid': [bill('5')],
  'bill below the bid (second price)': [bill('4.5')],
  'bill above the bid': [bill('5.01')],
  'bill, price empty': [bill('')],
  'bill, price AUDIT': [bill('AUDIT')],
  'bill, macro not replaced': [bill('${AUCTION_PRICE}')],
  'bill, macro not replaced, encoded twice': [bill('%2524%257BAUCTION_PRICE%257D')],
  'bill, price no number': [bill('five')],
  'bill by burl where the markup bills': [bill('5', 'burl')],
  'bill by markup where burl bills': [bill('5'), { claims: { billedBy: 'burl' } }],
  'bill of a test': [bill('5'), { claims: { test: true } }],
  'bill, duplicate': [[...bill('5'), ...bill('5')]],
  'bill, late': [bill('5'), { after_ms: SETTLE_MS.bill + 1 }],
  'bill, forged': [[link('/n/b', 'bill', 'p=5&s=markup&forge')]],
  'bill with the token of a win': [[link('/n/b', 'win', 'p=5&s=markup')]],
  'bill before win': [bill('5')],
  'win, price empty': [[link('/n/w', 'win', 'p=')]],
  'loss above the bid': [[link('/n/l', 'loss', 'p=7&r=102&m=7.01')]],
  'loss, price withheld': [[link('/n/l', 'loss', 'p=&r=102&m=')]],
  'click, landing known': [[link('/n/c', 'click', '')]],
  'click, landing unknown': [[link('/n/c', 'click', '')], { claims: { creative: 'other' } }],
  'video, unknown event': [[link('/n/v', 'click', 'e=explode')]],
  view: [[link('/n/i', 'click', '')]],
  conversion: [[link('/n/x', 'click', 'c=purchase')]],
  'conversion from a server without the key': [[link('/n/s', 'click', 'c=purchase')]],
  elsewhere: [[link('/n/z', 'bill', '')]],
  'disk full': [bill('5'), { isFull: true }],
}

async function outcome(name: string): Promise<[string, string, string]> {
  const [links, { claims, after_ms = 1000, isFull } = {}] = CASES[name] ?? [[]]
  let written: LoggedEvent[] = []
  const now_ms = () => NOON_MS + after_ms
  const receive = createReceiver({
    log: {
      ...{ offer: () => true, held_ms: () => null, async mark() {}, async close() {} },
      figures: () => ({ kafka_up: null, sent: 0, drained: 0, spool: NO_SPOOL }),
      async append(events) {
        if (isFull) throw new SpoolBusy('full')
        written.push(...events)
      },
    },
    ...{ seen: openSeen({ ids: 10, age_ms: 1000 }, now_ms), progress: openProgress(), now_ms, key, node: 'a' },
    ...{ tally: newNoticeTally(), onBooked() {}, isConversionKey: () => false },
    codec: () => openPriceCodec('plain', 'cpm', null),
    landing: ({ creative }) => (creative === 'other' ? null : 'https://shop.acme.example/'),
  })
  let status = 0
  const tokens = mintTokens({ ...CLAIMS, ...claims }, key)
  for (const { path, kind, query } of links) {
    written = []
    const asked = new URLSearchParams(query)
    asked.set('t', asked.has('forge') ? `${tokens[kind].slice(0, -1)}-` : tokens[kind])
    status = (await receive(path, asked, '')).status
  }
  const [event] = written
  return [String(status), event?.result ?? 'none', event?.price ?? 'none']
}

const NO_SPOOL = { bytes: 0, segments: 0, waiting_bytes: 0, syncs: 0, failures: 0, oldest_ms: null }

const text = readFileSync(join(import.meta.dirname, '../../../docs/notices.md'), 'utf8')
const rows = [...text.matchAll(/^\| ([^|`]+) \| (\d{3}) \| (\w+) \| (\w+) \|$/gm)].map(([, ...cells]) => cells)

test('the table has every case and no other', () => {
  assert.deepEqual(
    rows.map(([name]) => name),
    Object.keys(CASES),
  )
})
for (const [name = '', ...said] of rows)
  test(`${name}: ${said.join(', ')}`, async () => assert.deepEqual(await outcome(name), said))

test('what is booked: the clearing price with the bid’s fees and rate, rounded up', async () => {
  const booked: LoggedEvent[] = []
  const now_ms = () => NOON_MS
  const receive = createReceiver({
    log: {
      ...{ offer: () => true, held_ms: () => null, async mark() {}, async close() {}, async append() {} },
      figures: () => ({ kafka_up: null, sent: 0, drained: 0, spool: NO_SPOOL }),
    },
    ...{ seen: openSeen({ ids: 10, age_ms: 1000 }, now_ms), progress: openProgress(), now_ms, key, node: 'a' },
    ...{ tally: newNoticeTally(), onBooked: events => void booked.push(...events), isConversionKey: () => false },
    ...{ codec: () => openPriceCodec('plain', 'cpm', null), landing: () => null },
  })
  for (const [n, p] of ['5', '3.333333', '9999'].entries()) {
    const { bill: t } = mintTokens({ ...CLAIMS, nonce: BigInt(n) }, key)
    await receive('/n/b', new URLSearchParams({ t, p, s: 'markup' }), '')
  }
  assert.deepEqual(
    booked.map(({ price_nano, cost_nano }) => [price_nano, cost_nano]),
    [
      [5_000_000, 5_500_000],
      [3_333_333, 3_666_667],
      [5_000_000, 5_500_000],
    ],
  )
})
