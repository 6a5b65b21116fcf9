import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openSnapshot } from '@flightplan/engine/snapshot.ts'
import type { Bid } from '@flightplan/engine/types.ts'
import { claimEntries, openAuthority } from '../../authority/authority.ts'
import { createCounters } from '../../authority/counters.ts'
import { shippedRelease } from '../release/shipped.ts'

const release = await shippedRelease()
const bytes = release.files.get('snapshot.bin')
assert.ok(bytes)

/** A campaign of the shipped ones with two segments at least, its other limits taken away. */
function opened() {
  const snapshot = openSnapshot(Uint8Array.from(bytes ?? []).buffer)
  const { campaign, line_item, segment } = snapshot
  const owner = campaign.segments_n.findIndex(n => n >= 2)
  assert.ok(owner >= 0, 'a shipped campaign has segments')
  for (const column of [campaign.daily_nano, campaign.total_nano, line_item.daily_nano, line_item.total_nano])
    column.fill(Number.NaN)
  line_item.impressions.fill(Number.NaN)
  const at = campaign.segments_at[owner] ?? 0
  const memory = createCounters(1 << 10)
  const authority = openAuthority(snapshot, memory, claimEntries(memory, snapshot))
  const item = line_item.campaign.indexOf(owner)
  const bid = (cost_nano: number) => ({ charge: { line_item: item, campaign: owner, cost_nano } }) as Bid // what a charge reads
  return { snapshot, segment, at, owner, item, authority, bid, entries: claimEntries(memory, snapshot) }
}

test('the columns are whole days of the campaign’s zone, in order', () => {
  const { segment, at, snapshot } = opened()
  assert.ok(segment.start_ms[at]! < segment.end_ms[at]! && segment.total_nano[at]! > 0)
  assert.ok(snapshot.strings.get(segment.id_str[at]!).includes('/'))
})

test('within its days a segment takes its amount and no nano more; the next one begins with its own', () => {
  const { segment, at, owner, authority, bid } = opened()
  const amount = 1000
  segment.total_nano.fill(amount)
  authority.at(segment.start_ms[at]!)
  assert.equal(authority.campaignTotal_nano(owner), amount)
  assert.ok(authority.charge([bid(600)]))
  assert.equal(authority.campaignTotal_nano(owner), 400)
  assert.equal(authority.charge([bid(401)]), false)
  assert.equal(authority.campaignTotal_nano(owner), 400, 'what was refused left nothing behind')
  assert.equal(authority.charge([bid(300), bid(300)]), false, 'all bids or none')
  assert.equal(authority.campaignTotal_nano(owner), 400)
  authority.at(segment.end_ms[at]! - 1)
  assert.ok(authority.charge([bid(400)]))
  assert.equal(authority.charge([bid(1)]), false)
  authority.at(segment.start_ms[at + 1]!)
  assert.equal(authority.campaignTotal_nano(owner), amount)
})

test('outside of all segments only the other limits hold; both hold inside', () => {
  const { segment, snapshot, at, owner, authority, bid } = opened()
  segment.total_nano.fill(1000)
  authority.at(Math.min(...segment.start_ms) - 1)
  assert.equal(authority.campaignTotal_nano(owner), Number.POSITIVE_INFINITY)
  assert.ok(authority.charge([bid(5000)]))
  snapshot.campaign.total_nano.fill(5500)
  authority.at(segment.start_ms[at]!)
  assert.equal(authority.campaignTotal_nano(owner), 500)
  assert.equal(authority.charge([bid(501)]), false)
  assert.ok(authority.charge([bid(500)]))
})

test('a refused charge gives back what line item and campaign had taken', () => {
  const { segment, snapshot, at, owner, item, authority, bid } = opened()
  segment.total_nano.fill(10)
  snapshot.campaign.total_nano.fill(100)
  snapshot.line_item.total_nano.fill(100)
  authority.at(segment.start_ms[at]!)
  assert.equal(authority.charge([bid(11)]), false)
  assert.equal(authority.lineItemTotal_nano(item), 100)
  authority.at(Math.min(...segment.start_ms) - 1)
  assert.equal(authority.campaignTotal_nano(owner), 100)
})
