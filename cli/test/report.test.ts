/** The verbs over the event log, as a person runs them: on a spool, with the engine in the process. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { LoggedEvent } from '@flightplan/contract/events.ts'
import { skip } from '../../runtime/test/events/chdb.ts'
import { DAY, NOON_MS, someEvent } from '../../runtime/test/events/event.ts'
import { flight } from './small-root.ts'

const HOUR_MS = 3_600_000
const DATES = ['--since', '2027-03-01', '--until', '2027-03-01']
const bill = (n: number, more: Partial<LoggedEvent> = {}) => someEvent({ id: `n${n}:bill`, ...more })
const event = (kind: LoggedEvent['kind'], n: number, more: Partial<LoggedEvent> = {}) =>
  someEvent({ id: `n${n}:${kind}`, kind, what: kind, ...more })

/** 4 bids, 2 wins, 2 billings of which one comes twice, a click, and no-bids that stand for 60. */
const EVENTS = [
  ...[1, 2, 3, 4].map(n => event('bid', n)),
  ...[1, 2].map(n => event('win', n)),
  ...[bill(1), bill(2, { user: 'c3d4c3d4', cost_nano: 7_000_000 }), bill(1)],
  event('click', 1),
  event('no_bid', 9, { what: 'below_floor', weight: 60 }),
]

describe('flight report', { skip }, () => {
  const root = mkdtempSync(join(tmpdir(), 'flight-report-'))
  const spool = join(root, 'bidder-1')
  let segment = 0
  const log = (messages: readonly object[]) =>
    writeFileSync(
      join(spool, `${String(++segment).padStart(6, '0')}.ndjson`),
      messages.map(one => `${JSON.stringify(one)}\n`).join(''),
    )
  const json = (name: string, ...more: string[]) => {
    const run = flight(root, ['report', name, ...DATES, '--format', 'json', '--spool', spool, ...more])
    assert.equal(run.code, 0, run.stderr)
    return JSON.parse(run.stdout)
  }
  before(() => {
    mkdirSync(spool)
    log([{ mark: 'bidder-1', complete_ms: NOON_MS }, ...EVENTS])
  })
  after(() => rmSync(root, { recursive: true, force: true }))

  it('prints a table with up to when it is complete', () => {
    const { stdout, code } = flight(root, ['report', ...DATES, '--spool', spool])
    assert.equal(code, 0)
    assert.match(stdout, /^delivery, 2027-03-01 to 2027-03-01\n/)
    assert.match(stdout, /2027-03-01 {2}spring {4}broad .* EUR .* 4 .* 2 .* 2 .* 0\.012 /)
    assert.match(stdout, /complete up to: 2027-03-01T12:00:00\.000Z, held by bidder-1 in spool:bidder-1\nnot final/)
  })

  it('says the same in JSON and CSV, exactly', () => {
    const { rows, final, complete_up_to } = json('costs')
    assert.deepEqual([final, complete_up_to], [false, '2027-03-01T12:00:00.000Z'])
    assert.deepEqual(rows, [
      {
        ...{ campaign: 'spring', line_item: 'broad', currency: 'EUR', impressions: '2', clicks: '1', conversions: '0' },
        ...{ spend_nano: '12000000', ecpm_nano: '6000000000', ecpc_nano: '12000000', ecpa_nano: null, final: false },
      },
    ])
    const csv = flight(root, ['report', 'spend', ...DATES, '--format', 'csv']).stdout
    assert.equal(
      csv,
      'day,campaign,currency,spend,planned,of_plan,after_close,final\n2027-03-01,spring,EUR,0.012,0,,0,no\n',
    )
  })

  it('has a report for each question', () => {
    const first = (name: string) => json(name).rows[0]
    assert.deepEqual(first('win-rate').win_rate_ppm, '500000')
    assert.deepEqual(
      json('funnel').rows.map(({ outcome, n, share_ppm }: Record<string, string>) => [outcome, n, share_ppm]),
      [
        ['below_floor', '60', '937500'],
        ['bid', '4', '62500'],
      ],
    )
    assert.deepEqual([first('reach').people, first('reach').saw_1], ['2', '2'])
    assert.deepEqual([first('release').release, first('release').spend_nano], ['0123456789abcdef', '12000000'])
    assert.deepEqual([first('discrepancy').wins, first('discrepancy').won_not_billed], ['2', '0'])
    assert.deepEqual(json('delivery', '--campaign', 'autumn').rows, [])
  })

  it('holds an exchange report against the books', () => {
    const file = join(root, 'alpha.csv')
    const run = (spend: string, ...more: string[]) => {
      writeFileSync(file, `day,format,currency,impressions,spend\n2027-03-01,banner,USD,4,${spend}\n`)
      return flight(root, ['reconcile', file, '--exchange', 'alpha', '--format', 'json', ...more])
    }
    const dry = run('0.009', '--dry-run')
    assert.deepEqual([dry.code, dry.stdout], [0, '1 line of alpha would be taken in\n'])
    const close = run('0.009')
    assert.equal(close.code, 0, close.stderr)
    assert.equal(JSON.parse(close.stdout).rows[0].gap_ppm, '0')
    assert.match(close.stderr, /banner: 50\.00% of their impressions sent no billing notice/)
    const wide = run('0.01')
    assert.equal(wide.code, 1)
    assert.match(wide.stderr, /alpha banner 2027-03-01 USD: they report 10\.00% more than we booked \(not final\)/)
    assert.equal(run('0.01', '--tolerance', '10').code, 0)
    assert.equal(flight(root, ['report', 'discrepancy', ...DATES]).code, 1)
    for (const [spend, why] of [
      ['12,5', /alpha\.csv:2: 6 cells where the header has 5/],
      ['x', /alpha\.csv:2: spend/],
      ['-1', /spend is negative/],
      ['', /spend/],
    ] as const) {
      const refused = run(spend)
      assert.equal(refused.code, 1)
      assert.match(refused.stderr, why)
    }
  })

  it('erases a person', () => {
    const dry = flight(root, ['erase', '--user', 'c3d4c3d4', '--dry-run'])
    assert.equal(dry.stdout, 'the person would be taken out of 1 event of 1 day\n  bill  1\n')
    assert.equal(json('reach').rows[0].people, '2')
    const { stdout, code } = flight(root, ['erase', '--user', 'c3d4c3d4'])
    assert.deepEqual([code, stdout], [0, 'the person is taken out of 1 event of 1 day\n  bill  1\n'])
    assert.equal(json('reach').rows[0].people, '1')
    assert.equal(json('spend').rows[0].spend_nano, '12000000')
    assert.equal(flight(root, ['erase', '--user', "x' OR 1"]).code, 64)
  })

  it('is final once no node can send what would move it, and does not move then', () => {
    const close_ms = DAY * 24 * HOUR_MS + 60 * HOUR_MS
    log([{ mark: 'bidder-1', complete_ms: close_ms - 1 }])
    assert.equal(json('spend').final, false)
    log([bill(3, { at_ms: close_ms, cost_nano: 1 }), { mark: 'bidder-1', complete_ms: close_ms }])
    const { rows, final } = json('spend')
    assert.deepEqual([final, rows[0].final, rows[0].spend_nano], [true, true, '12000001'])
    assert.equal(json('costs').final, false, 'conversions may come for a month')
    log([bill(4, { at_ms: close_ms + 1, cost_nano: 5 }), { mark: 'bidder-1', complete_ms: close_ms + 9 }])
    const later = json('spend').rows[0]
    assert.deepEqual([later.final, later.spend_nano, later.after_close_nano], [true, '12000001', '5'])
  })

  it('takes back what it said where a node breaks its promise', () => {
    log([bill(5, { at_ms: NOON_MS + 1, cost_nano: 3 })])
    const { rows, final, revised } = json('spend')
    assert.deepEqual([final, rows[0].final, revised, rows[0].spend_nano], [false, false, 1, '12000004'])
  })

  it('refuses what it cannot do', () => {
    assert.equal(flight(root, ['report', 'weather']).code, 64)
    assert.equal(flight(root, ['report', '--since', '2027-03-02', '--until', '2027-03-01']).code, 64)
    const away = flight(root, ['report'], { CLICKHOUSE_URL: 'http://x:secret@127.0.0.1:9/default' })
    assert.equal(away.code, 8)
    assert.doesNotMatch(away.stderr, /secret/)
  })
})
