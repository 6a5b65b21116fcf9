/** `flight plan` as a person would run it: a repository in Git, an edit, a log. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Plan } from '../../plan/plan.ts'
import { facts, flight, request, withRoot } from '../small-root.ts'

const CAMPAIGN = 'campaigns/acme/campaign.yaml'
const TRAFFIC = ['--traffic', 'log.ndjson', '--facts', 'facts.json']
const AT_MS = Date.parse('2027-03-01T12:00:00Z')
const AUCTIONS = 300

/** Floors from 0.1 to 30; `broad` bids 9.18 USD, wins every second time, and the exchange tells nothing more. */
function logOf(): string {
  const lines = Array.from({ length: AUCTIONS }, (_, auction) => {
    const floor = Math.round(10 * (0.1 + (auction * 30) / AUCTIONS)) / 10
    const parsed = JSON.parse(request(floor)) as object
    const bid = {
      imp: '1',
      line_item: 'spring/broad',
      format: 'banner',
      price_nano: 9_180_000,
      currency: 'USD',
      deal: null,
    }
    const bids = floor <= 9.18 ? [{ ...bid, outcome: { won: auction % 2 === 0 } }] : []
    return {
      auction,
      at_ms: AT_MS + auction * 1000,
      exchange: 'alpha',
      request: parsed,
      user: `u${auction % 40}`,
      bids,
    }
  })
  return [{ traffic: 1, one_in: 10, source: 'test' }, ...lines].map(line => `${JSON.stringify(line)}\n`).join('')
}

function git(root: string, ...args: string[]): void {
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@t.example', '-c', 'commit.gpgsign=false']
  const { status, stderr } = spawnSync('git', ['-C', root, ...who, ...args], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
}

/** A committed repository with a log beside it, and an edit of its campaign. */
function withEdit(edit: (text: string) => string, use: (root: string) => void): void {
  withRoot({ 'facts.json': facts(), 'log.ndjson': logOf() }, root => {
    git(root, 'init', '-q')
    git(root, 'add', '.')
    git(root, 'commit', '-qm', 'base')
    const file = join(root, CAMPAIGN)
    writeFileSync(file, edit(readFileSync(file, 'utf8')))
    use(root)
  })
}

const planOf = (root: string, ...args: string[]): Plan => {
  const { code, stdout, stderr } = flight(root, ['plan', ...TRAFFIC, '--format', 'json', ...args])
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout) as Plan
}
const dearer = (text: string): string => text.replace('cpm: 8.50', 'cpm: 12')

test('no edit, and an edit of a comment: no change, exit 0', () => {
  withEdit(
    text => `# a comment\n${text}`,
    root => {
      const { code, stdout } = flight(root, ['plan', '--detailed-exitcode'])
      assert.equal(code, 0)
      assert.match(stdout, /No change: both decide the same/)
    },
  )
})

test('a higher bid: what changes, what it moves, and what the log says of it', () => {
  withEdit(dearer, root => {
    assert.equal(flight(root, ['plan', '--detailed-exitcode']).code, 2)
    const plan = planOf(root)
    assert.deepEqual(
      plan.changes.map(({ id, fields }) => [id, ...fields.map(({ field, from, to }) => [field, from, to])]),
      [['spring/broad', ['bid.cpm', '8.5', '12']]],
    )
    assert.deepEqual(plan.blast.bids.highest, { line_item: 'spring/broad', factor: 1.412 })
    const row = plan.prediction?.line_items.find(({ id }) => id === 'spring/broad')
    assert.ok(row)
    // 9.18 and 12.96 USD against floors in steps of 0.1: 91 and 129 of 300 auctions, each for ten.
    const bids = (usd: number) =>
      10 *
      logOf()
        .split('\n')
        .filter(line => bidfloor(line) <= usd).length
    assert.deepEqual([row.eligible.head, row.bids.base, row.bids.head], [10 * AUCTIONS, bids(9.18), bids(12.96)])
    assert.deepEqual([row.bids.evidence, row.spend_nano.evidence], ['exact', 'modelled'])
    assert.equal(row.wins.base, bids(9.18) / 2 + ((bids(9.18) / 10) % 2) * 5)
    assert.ok(row.spend_nano.head_90 && row.spend_nano.head_90[0] <= row.spend_nano.head)
    assert.equal(plan.prediction?.newly_bid.count, (bids(12.96) - bids(9.18)) / 10)
  })
})

function bidfloor(line: string): number {
  const found = /"bidfloor":([\d.]+)/.exec(line)
  return found ? Number(found[1]) : Number.POSITIVE_INFINITY
}

test('the same plan twice gives the same bytes', () => {
  withEdit(dearer, root => {
    const run = () => flight(root, ['plan', ...TRAFFIC, '--format', 'json']).stdout
    assert.equal(run(), run())
  })
})

test('a saved plan is refused when the repository or the base moves', () => {
  withEdit(dearer, root => {
    assert.equal(flight(root, ['plan', '--out', 'plan.json']).code, 0)
    assert.equal(flight(root, ['plan', '--check', 'plan.json']).code, 0)
    const file = join(root, CAMPAIGN)
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, text.replace('cpm: 12', 'cpm: 13'))
    const moved = flight(root, ['plan', '--check', 'plan.json'])
    assert.deepEqual([moved.code, /stale: the repository has changed/.test(moved.stderr)], [5, true])
    writeFileSync(file, text)
    git(root, 'commit', '-qam', 'merged meanwhile')
    const base = flight(root, ['plan', '--check', 'plan.json'])
    assert.deepEqual([base.code, /stale: the base HEAD has changed/.test(base.stderr)], [5, true])
  })
})

test('what the log lacks is not predicted', () => {
  withEdit(
    text => text.replace('country: [AT]', 'country: [NZ]'),
    root => {
      const { prediction } = planOf(root)
      const row = prediction?.line_items.find(({ id }) => id === 'spring/austria')
      assert.equal(row?.spend_nano.evidence, 'not supported')
      assert.deepEqual(prediction?.never_matched, [{ line_item: 'spring/austria', missing: ['country: NZ'] }])
    },
  )
})

test('a budget that burns out holds, and says so', () => {
  withEdit(
    text => text.replace('total: 40000', 'total: 40000, daily_max: 2'),
    root => {
      const row = planOf(root).prediction?.campaigns.find(({ id }) => id === 'spring')
      assert.ok(row && row.refused > 0)
      assert.equal(row.bids.evidence, 'modelled')
      assert.ok(row.spend_nano.head <= 2e9 && row.spend_nano.head > 1.8e9, String(row.spend_nano.head))
    },
  )
})

test('the comment is found again, and its commands explain', () => {
  withEdit(dearer, root => {
    const { stdout } = flight(root, ['plan', ...TRAFFIC, '--format', 'markdown'])
    assert.ok(stdout.startsWith('<!-- flight plan -->\n'))
    const command = /flight traffic show (\S+) (\d+) \| flight explain --request - (--exchange \S+ --now \S+)/.exec(
      stdout,
    )
    assert.ok(command)
    const shown = flight(root, ['traffic', 'show', command[1] ?? '', command[2] ?? ''])
    writeFileSync(join(root, 'one.json'), shown.stdout)
    const why = flight(root, [
      'explain',
      '--request',
      'one.json',
      '--facts',
      'facts.json',
      ...(command[3] ?? '').split(' '),
    ])
    assert.match(why.stdout, /spring\/broad/)
  })
})

test('annotations stand on the line of the change', () => {
  withEdit(dearer, root => {
    const { stdout } = flight(root, ['plan', ...TRAFFIC, '--format', 'github'])
    assert.match(
      stdout,
      /^::notice file=campaigns\/acme\/campaign.yaml,line=\d+,title=changed line_item spring\/broad::bid.cpm/,
    )
  })
})

const BAD: [string, string[], number, RegExp][] = [
  ['no such base', ['--base', 'nowhere'], 64, /no commit "nowhere"/],
  ['a base that is an option', ['--base', '--all'], 64, /no commit "--all"/],
  ['no such log', ['--traffic', 'gone.ndjson'], 64, /gone\.ndjson/],
  ['a log that is none', ['--traffic', CAMPAIGN], 1, /campaign\.yaml:1 is not JSON/],
  ['a saved plan that is none', ['--check', CAMPAIGN], 64, /is no saved plan/],
]
for (const [what, args, code, message] of BAD)
  test(`${what} is said in one line`, () => {
    withEdit(dearer, root => {
      const run = flight(root, ['plan', ...args])
      assert.equal(run.code, code, run.stderr)
      assert.match(run.stderr, message)
      assert.doesNotMatch(run.stderr, /\n\s+at /)
    })
  })
