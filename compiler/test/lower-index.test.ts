/**
 * Random `where`s and random requests: a small interpreter of the YAML's tree says which line items match; the program
 * must say the same, and the index too (it may let more through where the line item is marked residual).
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Where } from '@flightplan/contract/schema/where.ts'
import { RESIDUAL } from '@flightplan/contract/snapshot.ts'
import { match } from '@flightplan/engine/index/match.ts'
import { holds } from '@flightplan/engine/index/program.ts'
import { openSnapshot, pieceOf, type Snapshot, termOf } from '@flightplan/engine/snapshot.ts'
import fc from 'fast-check'
import { compileTree } from '../compile.ts'
import { BASE, campaign, treeOf } from './compile-tree.ts'

const SEED = 20_261_123
const COUNTRIES = ['DE', 'AT', 'CH', 'FR']
const DOMAINS = ['news.example', 'sport.example', 'shop.example']
const CATEGORIES = ['IAB1', 'IAB2', 'IAB3', 'IAB4']
const TYPES = ['phone', 'tablet', 'desktop']
const LISTED = 'news.example'

/** What a request says, attribute by attribute. */
interface Event {
  country: string[]
  region: string[]
  domain: string[]
  category: string[]
  device_type: string[]
  os: string[]
  os_version: number | null
  age: number | null
  minute: number | null
  rewarded: string[]
  size: string[]
  segments: string[]
}

const AGES = [{ min: 18 }, { max: 25 }, { min: 25, max: 34 }, { min: 18, max: 18 }]
const DAY = 1440
const HOURS: Record<string, (minute: number) => boolean> = {
  'Mon-Fri 22:00-06:00': minute => {
    const [day, time] = [Math.floor(minute / DAY), minute % DAY]
    return (day < 5 && time >= 22 * 60) || (day >= 1 && day <= 5 && time < 6 * 60)
  },
  'Sat,Sun 10:00-24:00': minute => minute >= 5 * DAY && minute % DAY >= 600,
  'Sun 23:00-01:00': minute => minute >= 6 * DAY + 23 * 60 || minute < 60,
}

const some = (values: readonly string[]) => fc.subarray([...values], { minLength: 1 })
const oneOf = (values: readonly string[]) =>
  fc.oneof(
    some(values),
    some(values).map(not => ({ not })),
  )
/** What meets itself in one line item finds the faults: a few attributes often, the others now and then. */
const leaf: fc.Arbitrary<Where> = fc.oneof(
  { weight: 5, arbitrary: oneOf(CATEGORIES).map(category => ({ inventory: { category } }) as Where) },
  { weight: 4, arbitrary: oneOf(COUNTRIES).map(country => ({ geo: { country } }) as Where) },
  { weight: 3, arbitrary: fc.constantFrom(...AGES).map(age => ({ user: { age } }) as Where) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom('>=15 <18', '<16', '>=17.4.1 <=17.4.1', '*')
      .map(ios => ({ device: { os: { ios } } }) as Where),
  },
  oneOf(DOMAINS).map(domain => ({ inventory: { domain } }) as Where),
  oneOf(TYPES).map(type => ({ device: { type } }) as Where),
  fc.constantFrom(...Object.keys(HOURS)).map(hours => ({ daypart: [hours] })),
  fc.boolean().map(rewarded => ({ slot: { rewarded } })),
  fc.constantFrom('any', 'all', 'none').map(key => ({ audience: { [key]: ['seg', 'store'] } }) as Where),
  oneOf(['300x250', '728x90']).map(size => ({ slot: { size } }) as Where),
  fc.constantFrom('DE-BY', 'AT-9').map(region => ({ geo: { region: [region] } }) as Where),
  fc.constant<Where>({ inventory: { lists: ['good'] } }),
  fc.constant<Where>({ inventory: { lists: { not: ['good'] } } }),
)
const { where } = fc.letrec<{ where: Where }>(tie => ({
  where: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.array(tie('where'), { minLength: 1, maxLength: 4 }).map(all => ({ all })),
    fc.array(tie('where'), { minLength: 1, maxLength: 4 }).map(any => ({ any })),
    tie('where').map(not => ({ not })),
    fc.array(oneOf(CATEGORIES), { minLength: 2, maxLength: 3 }).map(lists => ({
      all: lists.map(category => ({ inventory: { category } })),
    })),
    fc.tuple(leaf, tie('where')).map(([own, inner]) => ({ ...own, all: [inner] })),
  ),
}))

const maybe = (values: readonly string[]): fc.Arbitrary<string[]> =>
  fc.oneof(
    fc.constant<string[]>([]),
    fc.constantFrom(...values).map(value => [value]),
  )
const event: fc.Arbitrary<Event> = fc.record({
  country: maybe(COUNTRIES),
  region: maybe(['DE-BY', 'AT-9']),
  domain: maybe(DOMAINS),
  category: fc.subarray(CATEGORIES),
  device_type: maybe(TYPES),
  os: maybe(['ios', 'android']),
  os_version: fc.option(fc.constantFrom(14_000_000, 15_000_000, 17_004_001, 18_000_000)),
  age: fc.option(fc.constantFrom(17, 18, 19, 24, 25, 26, 34, 35)),
  minute: fc.option(
    fc.oneof(fc.integer({ min: 0, max: 10_079 }), fc.constantFrom(0, 59, 60, 359, 360, 1319, 1320, 7799, 7800, 10_020)),
  ),
  rewarded: maybe(['true', 'false']),
  size: fc.subarray(['300x250', '728x90']),
  segments: fc.subarray(['seg', 'store']),
})

/** The interpreter: by the words of contract/schema/where.ts, nothing of the compiler. */
function matches(where: Where, event: Event): boolean {
  const meets = (wanted: unknown, found: readonly string[]): boolean =>
    Array.isArray(wanted)
      ? wanted.some(value => found.includes(value))
      : !(wanted as { not: string[] }).not.some(value => found.includes(value)) // the other form of OneOf
  const tests: boolean[] = []
  const { geo, inventory, device, user, slot, audience, daypart } = where
  if (geo?.country) tests.push(meets(geo.country, event.country))
  if (geo?.region) tests.push(meets(geo.region, event.region))
  if (slot?.size) tests.push(meets(slot.size, event.size))
  if (inventory?.domain) tests.push(meets(inventory.domain, event.domain))
  if (inventory?.category) tests.push(meets(inventory.category, event.category))
  if (inventory?.lists) tests.push(meets(inventory.lists, event.domain.includes(LISTED) ? ['good'] : []))
  if (device?.type) tests.push(meets(device.type, event.device_type))
  if (device?.os) tests.push(versionMatches((device.os as { ios: string }).ios, event)) // the only form generated
  if (user?.age) {
    const { min = 0, max = 999 } = user.age
    tests.push(event.age !== null && event.age >= min && event.age <= max)
  }
  if (slot?.rewarded !== undefined) tests.push(event.rewarded.includes(String(slot.rewarded)))
  if (audience?.any) tests.push(audience.any.some(id => event.segments.includes(id)))
  if (audience?.all) tests.push(audience.all.every(id => event.segments.includes(id)))
  if (audience?.none) tests.push(!audience.none.some(id => event.segments.includes(id)))
  if (daypart) tests.push(event.minute !== null && HOURS[(daypart as string[])[0] ?? '']?.(event.minute) === true)
  if (where.all) tests.push(where.all.every(inner => matches(inner, event)))
  if (where.any) tests.push(where.any.some(inner => matches(inner, event)))
  if (where.not) tests.push(!matches(where.not, event))
  return tests.every(Boolean)
}

function versionMatches(range: string, { os, os_version }: Event): boolean {
  if (!os.includes('ios')) return false
  if (range === '*') return true
  if (os_version === null) return false
  if (range === '>=15 <18') return os_version >= 15_000_000 && os_version < 18_000_000
  return range === '<16' ? os_version < 16_000_000 : os_version === 17_004_001
}

/** Our size and no other, and a region of its country: requests for which a refusal must be right. */
const isUsual = ({ size, region, country }: Event): boolean =>
  size.join() === '300x250' && region.every(code => country.includes(code.slice(0, 2)))

/** Terms by attribute, as the engine's readers would find them; those of our own store only when `looked` up. */
function termsOf(snapshot: Snapshot, event: Event, looked: boolean): number[][] {
  const intervals: Record<string, number | null> = {
    'os_version:ios': event.os.includes('ios') ? event.os_version : null,
    age: event.age,
    'daypart:user': event.minute,
  }
  const words: Record<string, string[]> = {
    ...{ country: event.country, domain: event.domain, device_type: event.device_type, os: event.os },
    category: event.category.map(category => `1:${category}`),
    rewarded: event.rewarded,
    segment: event.segments.filter(id => looked || id !== 'store'),
    size: event.size,
    region: event.region,
    shape: event.size.map(size => `banner:${size}`),
  }
  return snapshot.meta.attributes.map((meta, i) => {
    if (meta.name === 'list') return event.domain.flatMap(domain => listTerms(snapshot, `domain:${domain}`))
    const at = intervals[meta.name]
    if (at !== undefined) return at === null ? [] : [pieceOf(snapshot, meta, at)]
    return (words[meta.name] ?? []).map(word => termOf(snapshot, i, word)).filter(term => term >= 0)
  })
}

/** Terms of the lists that hold a member, by the postings of the pseudo-attribute. */
function listTerms(snapshot: Snapshot, member: string): number[] {
  const term = snapshot.listMember < 0 ? -1 : termOf(snapshot, snapshot.listMember, member)
  if (term < 0) return []
  const at = snapshot.term.in_at[term]!
  return Array.from(snapshot.postings.subarray(at, at + snapshot.term.in_n[term]!))
}

async function snapshotOf(wheres: readonly Where[]): Promise<Snapshot | null> {
  const items = wheres.map(
    (where, i) => `l${i}: {bid: {cpm: 1}, creatives: {b-300x250: 1}, where: ${JSON.stringify(where)}}`,
  )
  const files = { ...BASE, 'campaigns/acme/campaign.yaml': campaign(items.join('\n')) }
  const { release, diagnostics } = await compileTree(treeOf(files), { now_ms: 0 })
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  assert.deepEqual(
    errors.filter(({ code }) => code !== 'FP4001' && code !== 'FP3003'),
    [],
  )
  const bytes = release?.files.get('snapshot.bin')
  return bytes ? openSnapshot(Uint8Array.from(bytes).buffer) : null
}

/** Positions of line items that the index lets through, by name. */
function indexed(snapshot: Snapshot, values: number[][]): Set<string> {
  const found = new Set<string>()
  match(snapshot, values, null, conjunction => {
    const item = snapshot.conjunction_line_item[conjunction]!
    found.add(snapshot.strings.get(snapshot.line_item.id_str[item]!))
    return true
  })
  return found
}

test(`index and program agree with the interpreter (seed ${SEED})`, async () => {
  let compared = 0
  let residual = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(where, { minLength: 1, maxLength: 12 }),
      fc.array(event, { minLength: 30, maxLength: 30 }),
      async (wheres, events) => {
        const possible: Where[] = []
        for (const one of wheres) {
          if (await snapshotOf([one])) possible.push(one)
          else assert.ok(!events.some(event => isUsual(event) && matches(one, event)), 'it was refused, and can match')
        }
        const snapshot = possible.length > 0 ? await snapshotOf(possible) : null
        if (!snapshot) return
        for (const event of events) {
          const before = termsOf(snapshot, event, false)
          const after = termsOf(snapshot, event, true)
          const through = indexed(snapshot, before)
          for (let item = 0; item < possible.length; item++) {
            const id: string = snapshot.strings.get(snapshot.line_item.id_str[item]!)
            const where: Where = possible[Number(id.slice('camp/l'.length))]!
            const wanted: boolean = event.size.includes('300x250') && matches(where, event)
            assert.equal(holds(snapshot, snapshot.line_item.program[item]!, after), wanted, 'program')
            if (snapshot.line_item.residual[item] !== RESIDUAL.EXACT)
              assert.ok(!wanted || through.has(id), 'the index lost one')
            else assert.equal(through.has(id), wanted, 'index')
            if (snapshot.line_item.residual[item] !== RESIDUAL.EXACT) residual++
            compared++
          }
        }
      },
    ),
    { seed: SEED, numRuns: 60 },
  )
  assert.ok(compared > 5_000, `${compared} comparisons are too few`)
  assert.ok(residual > 0 && residual < compared, 'both kinds of line items were met')
})

test('an alternative that only an odd request satisfies stays in the index', async () => {
  const snapshot = await snapshotOf([{ any: [{ slot: { size: ['728x90'] } }, { geo: { country: ['DE'] } }] }])
  assert.ok(snapshot)
  const values = snapshot.meta.attributes.map(({ name }, i) => {
    const words = { shape: ['banner:300x250'], size: ['300x250', '728x90'], country: ['AT'] }[name] ?? []
    return words.map(word => termOf(snapshot, i, word)).filter(term => term >= 0)
  })
  assert.deepEqual([...indexed(snapshot, values)], ['camp/l0'])
})
