/** A bid, and what an exchange and a browser then do with its links: the events are in the spool, and in the report. */
import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { writeRelease } from '@flightplan/compiler/write.ts'
import type { LoggedEvent } from '@flightplan/contract/events.ts'
import { migrate, openClickHouse } from '../../events/clickhouse.ts'
import { openIngest } from '../../events/ingest.ts'
import { readReport } from '../../events/reports.ts'
import { readSpool } from '../../events/spool-source.ts'
import type { Config } from '../../serve/config.ts'
import { startServer } from '../../serve/server.ts'
import { skip, temporaryFolder } from '../events/chdb.ts'
import { shippedRelease, TRUSTED } from '../release/shipped.ts'
import { goldensOf } from '../serve/one-thread.ts'

const KEY = Buffer.alloc(32, 1).toString('base64')

interface Bid {
  id: string
  price: number
  nurl?: string
  burl?: string
  adm: string
}

async function start(directory: string, booked: LoggedEvent[], changes: Partial<Config> = {}) {
  writeRelease(await shippedRelease(), join(directory, 'channel'))
  const spoolDir = join(directory, 'bidder-1')
  const config: Config = {
    ...{ host: '127.0.0.1', port: 0, adminPort: 0, workers: 1, server: 'strict', factsFile: null, profilesFile: null },
    ...{
      secretsDir: null,
      channelDir: join(directory, 'channel'),
      stateDir: join(directory, 'state'),
      trusted: TRUSTED,
    },
    ...{ tokenKey: createSecretKey(Buffer.alloc(32, 1)), noticeUrl: '', release_budget_bytes: 1 << 28, poll_ms: 50 },
    ...{ canary_report_ms: 200, drain_delay_ms: 0, drain_ms: 2000 },
    notices: {
      ...{ port: 0, spoolDir, node: 'bidder-1', events: 'spool', brokers: [], conversionKey: 'k3y', noBidSample: 1 },
    },
    ...changes,
  }
  const server = await startServer({
    ...{ config, secrets: () => KEY, log: () => {}, random: () => 0.5, now_ms: Date.now },
    onBooked: events => void booked.push(...events),
  })
  assert.ok(await server.started)
  return { server, spoolDir }
}

async function firstBid(port: number): Promise<Bid> {
  for (const { exchange, request, expect } of goldensOf(await shippedRelease())) {
    if (exchange !== 'alpha' || expect.bids.length === 0) continue
    const body = JSON.stringify({ ...(request as object), test: 0 })
    const answer = await fetch(`http://127.0.0.1:${port}/openrtb2/alpha`, { method: 'POST', body })
    if (answer.status !== 200) continue
    const { seatbid } = (await answer.json()) as { seatbid: { bid: Bid[] }[] } // an OpenRTB answer of ours
    const bid = seatbid.flatMap(seat => seat.bid).find(({ adm }) => adm.includes('/n/b?'))
    if (bid) return bid
  }
  throw new Error('nothing gets a bid')
}

const linkIn = (adm: string, kind: 'b' | 'c'): string =>
  decodeURIComponent(
    new RegExp(`https?(?:://|%3A%2F%2F)[^"'<> \\]]*?(?:/|%2F)n(?:/|%2F)${kind}(?:[?]|%3F)[^"'<> \\]]*`).exec(
      adm,
    )?.[0] ?? '',
  )
const priced = (link: string, price: number) => link.replace(/\$\{AUCTION_PRICE[^}]*\}/, String(price))
const get = async (link: string, init: RequestInit = {}) => fetch(link, { redirect: 'manual', ...init })

function eventsIn(folder: string): LoggedEvent[] {
  const texts = readdirSync(folder)
    .filter(name => name.endsWith('.ndjson'))
    .map(name => readFileSync(join(folder, name), 'utf8'))
  return texts
    .join('')
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line))
    .filter(one => 'kind' in one)
}

test('a bid’s own links lead to its events, and a report has them', { skip }, async () => {
  const directory = temporaryFolder()
  mkdirSync(join(directory, 'bidder-1'))
  const booked: LoggedEvent[] = []
  const { server, spoolDir } = await start(directory, booked)
  const bid = await firstBid(server.port)
  if (bid.nurl) assert.equal((await get(priced(bid.nurl, bid.price))).status, 204)
  const bill = priced(linkIn(bid.adm, 'b'), bid.price * 0.8)
  const first = await get(bill)
  assert.deepEqual([first.status, first.headers.get('content-type')], [200, 'image/gif'])
  assert.equal((await get(bill, { method: 'POST' })).status, 200, 'again, and as POST')
  const click = linkIn(bid.adm, 'c')
  const clicked = await get(click)
  assert.equal(clicked.status, 302)
  const landing = new URL(clicked.headers.get('location') ?? '')
  assert.match(landing.hostname, /\.example$/)
  const base = new URL(click).origin
  const token = landing.searchParams.get('fpc')
  assert.equal((await get(`${base}/n/x?t=${token}&c=purchase&o=4711`)).status, 200)
  const headers = { authorization: 'Bearer k3y' }
  assert.equal((await get(`${base}/n/s?t=${token}&c=purchase&o=4711`, { method: 'POST' })).status, 401)
  assert.equal((await get(`${base}/n/s?t=${token}&c=purchase&o=4711`, { method: 'POST', headers })).status, 204)
  assert.equal((await get(`${base}/n/i?t=${token}`)).status, 200)
  assert.equal((await get(`${base}/n/b?t=${token}&p=1&s=markup`)).status, 400, 'a click’s token bills nothing')
  assert.equal((await get(`${base}/elsewhere`)).status, 404)
  await sleep(100)
  const metrics = await (await fetch(`http://127.0.0.1:${server.adminPort}/metrics`)).text()
  assert.match(metrics, /flightplan_notices_total\{kind="bill",result="duplicate"\} 1\n/)
  assert.match(metrics, /flightplan_notices_refused_total\{why="forged"\} 1\n/)
  await server.close()
  const events = eventsIn(spoolDir)
  const of = (kind: LoggedEvent['kind']) => events.filter(event => event.kind === kind && event.id.startsWith(bid.id))
  const [made, billed] = [of('bid')[0], of('bill')]
  assert.ok(made && billed[0])
  assert.equal(billed.length, 1)
  assert.deepEqual(
    [billed[0].campaign, billed[0].creative, billed[0].order_currency, billed[0].bid_nano, billed[0].result],
    [made.campaign, made.creative, made.order_currency, made.bid_nano, 'counted'],
  )
  assert.equal(billed[0].price_nano, Math.round(made.bid_nano * 0.8))
  assert.equal(billed[0].cost_nano, Math.ceil((made.cost_nano * billed[0].price_nano) / made.bid_nano))
  assert.deepEqual([of('click').length, of('conversion').length, of('view').length], [1, 1, 1])
  assert.deepEqual(
    booked.filter(({ kind }) => kind === 'bill').map(({ id }) => id),
    [`${bid.id}:bill`],
  )
  assert.ok(events.some(({ kind, node }) => kind === 'bid' && node === 'bidder-1'))

  const database = openClickHouse({ url: null, folder: join(directory, 'clickhouse') })
  await migrate(database)
  await readSpool(spoolDir, openIngest(database, Date.now))
  const report = await readReport(database, 'delivery', {
    since: made.day - 1,
    until: made.day + 1,
    campaign: made.campaign,
  })
  const row = report.rows.find(({ line_item }) => line_item === made.line_item)
  assert.equal(String(row?.['clicks']), '1', JSON.stringify(report.rows))
  assert.ok(report.complete_up_to_ms !== null && report.complete_up_to_ms >= billed[0].at_ms, 'the node has left')
  assert.equal(report.revised, 0)
  assert.deepEqual(await database.rows('SELECT * FROM rejected'), [])
  await database.close()
})
