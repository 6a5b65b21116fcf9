import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Auction } from '../../auction.ts'
import { policyInput } from '../../judge/policy-input.ts'
import { redact } from '../../judge/redact.ts'
import { parseAuction } from '../../parse/parse.ts'
import { PERSONAL_FIELDS, type PersonalField } from '../../types.ts'
import { corpusFiles, corpusLines, FULL_REQUEST, skipCorpus } from '../parse/requests.ts'
import { auctionOf, factsOf, OURS } from './inputs.ts'

const SEED = 20_260_613
const ALL: readonly PersonalField[] = PERSONAL_FIELDS

test('each field blanks its part and no other', () => {
  const auction = auctionOf(FULL_REQUEST)
  const without = (field: PersonalField) =>
    redact(
      auction,
      ALL.filter(kept => kept !== field),
    )
  const { user, device } = auction
  assert.deepEqual(without('ids'), {
    ...auction,
    user: { ...user, id: '', buyeruid: '', eids: [] },
    device: { ...device, ifa: '' },
  })
  assert.deepEqual(without('precise_geo'), {
    ...auction,
    device: { ...device, geo: { ...device.geo, lat: null, lon: null, accuracy: null, zip: '' } },
  })
  assert.deepEqual(without('segments'), { ...auction, user: { ...user, segments: [], keywords: [] } })
  assert.deepEqual(without('demographics'), { ...auction, user: { ...user, yob: null, gender: '' } })
  assert.deepEqual(without('ip'), { ...auction, device: { ...device, ip: '', ipv6: '' } })
})

test('nothing is copied when nothing changes', () => {
  const auction = auctionOf(FULL_REQUEST)
  assert.equal(redact(auction, ALL), auction)
  const bare = auctionOf({})
  assert.equal(redact(bare, []), bare)
  const once = redact(auction, [])
  assert.equal(redact(once, []), once)
  assert.equal(redact(auction, ['ids', 'segments', 'demographics']).user, auction.user)
})

/** Every place, of 2.6, of 2.5 and of no version, in which a request may hold each personal field. */
const PLACES: Record<PersonalField, string[]> = {
  ids: [
    'user.id',
    'user.buyeruid',
    'user.eids',
    'user.ext.eids',
    'user.ext.buyeruids',
    'user.buyerUid',
    'user.customdata',
    'device.ifa',
    'device.ext.ifa',
    'device.didsha1',
    'device.didmd5',
    'device.dpidsha1',
    'device.dpidmd5',
    'device.macsha1',
    'device.macmd5',
  ],
  precise_geo: ['lat', 'lon', 'zip', 'accuracy', 'long', 'lastfix'].flatMap(name => [
    `device.geo.${name}`,
    `user.geo.${name}`,
  ]),
  segments: ['user.data', 'user.ext.data', 'user.keywords', 'user.kwarray', 'user.ext.segments'],
  demographics: ['user.yob', 'user.gender', 'user.ext.yob'],
  ip: ['device.ip', 'device.ipv6'],
}

function assign(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [name, ...rest] = path
  if (name === undefined) return
  if (rest.length === 0) {
    if (value === undefined) delete target[name]
    else target[name] = value
    return
  }
  const inner = target[name]
  const next = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {}
  target[name] = next
  assign(next, rest, value)
}

const IDS = fc.array(
  fc.record({ source: fc.constantFrom('a.example', 'b.example'), uids: fc.array(fc.record({ id: fc.string() })) }),
)
const SEGMENTS = fc.array(fc.record({ id: fc.string(), segment: fc.array(fc.record({ id: fc.string() })) }))
const PERSONAL_VALUE = fc.oneof(
  fc.constant(undefined),
  fc.string(),
  fc.uuid(),
  fc.ipV4(),
  fc.double({ min: -180, max: 180, noNaN: true }),
  fc.integer({ min: 1900, max: 2100 }),
  fc.constantFrom('M', 'F', 'sport,news', null, true),
  IDS,
  SEGMENTS,
  fc.jsonValue({ maxDepth: 2 }),
)

/** The full request, or one of bare objects, with drawn values in the places of `fields`. */
function variant(base: object, fields: readonly PersonalField[]): fc.Arbitrary<string> {
  const places = fields.flatMap(field => PLACES[field])
  return fc.tuple(...places.map(() => PERSONAL_VALUE)).map(values => {
    const request = structuredClone(base) as Record<string, unknown> // a plain object
    for (const [at, place] of places.entries()) assign(request, place.split('.'), values[at])
    return JSON.stringify(request)
  })
}

const parsed = (written: string): Auction => {
  const auction = parseAuction(JSON.parse(written))
  assert.ok(auction)
  return auction
}

const BASES: object[] = [
  FULL_REQUEST,
  { id: 'a', imp: [{ id: '1', banner: {} }], app: { bundle: 'com.a' } },
  { id: 'a', imp: [{ id: '1', banner: {} }], user: { geo: { country: 'AUT', region: '9' } }, device: { geo: {} } },
]

test(`requests that differ only in what may not be used are equal once redacted (seed ${SEED})`, () => {
  let differed = 0
  const allowed = fc.subarray([...ALL])
  const drawn = fc.tuple(fc.constantFrom(...BASES), allowed).chain(([base, use]) => {
    const denied = ALL.filter(field => !use.includes(field))
    return fc.record({ use: fc.constant(use), one: variant(base, denied), other: variant(base, denied) })
  })
  fc.assert(
    fc.property(drawn, ({ use, one, other }) => {
      const [a, b] = [parsed(one), parsed(other)]
      differed += JSON.stringify(a) === JSON.stringify(b) ? 0 : 1
      assert.deepEqual(redact(a, use), redact(b, use))
    }),
    { seed: SEED, numRuns: 600 },
  )
  assert.ok(differed > 300)
})

test(`ids, places and segments change nothing that the policy sees (seed ${SEED})`, () => {
  const hidden: PersonalField[] = ['ids', 'precise_geo', 'segments', 'demographics']
  const facts = factsOf({ networks: ['192.0.2.0/24'], agents: ['bot'] })
  const drawn = fc.constantFrom(...BASES).chain(base => fc.tuple(variant(base, hidden), variant(base, hidden)))
  fc.assert(
    fc.property(drawn, ([one, other]) => {
      assert.deepEqual(policyInput(parsed(one), 'x', OURS, facts, 0), policyInput(parsed(other), 'x', OURS, facts, 0))
    }),
    { seed: SEED, numRuns: 300 },
  )
})

test('no personal text of a real request is left', { skip: skipCorpus }, t => {
  let searched = 0
  for (const file of corpusFiles()) {
    for (const line of corpusLines(file)) {
      const auction = parseAuction(line.request)
      if (auction === null) continue
      const { user, device } = redact(auction, [])
      const left = JSON.stringify({ user, device })
      for (const secret of secretsOf(auction)) {
        // Short values (`1`, `id`) are found in anything.
        if (secret.length < 12) continue
        assert.ok(!left.includes(JSON.stringify(secret)), `${file} ${line.id}: ${secret}`)
        searched += 1
      }
    }
  }
  t.diagnostic(`${searched} values searched for`)
  assert.ok(searched > 500)
})

function secretsOf({ user, device }: Auction): string[] {
  const ids = [user.id, user.buyeruid, device.ifa, ...user.eids.flatMap(eid => eid.ids)]
  return [...ids, device.ip, device.ipv6, ...user.segments.map(segment => segment.id)]
}
