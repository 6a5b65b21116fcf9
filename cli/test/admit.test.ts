import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { FILES, flight, withRoot } from './small-root.ts'

const POLICIES = join(import.meta.dirname, '../../policies')
const ADMISSION = Object.fromEntries(
  globSync('admission/**/*.{rego,wasm,json}', { cwd: POLICIES }).map(path => [
    `policies/${path}`,
    readFileSync(join(POLICIES, path)),
  ]),
)
const CAMPAIGN = 'campaigns/acme/campaign.yaml'
const ADVERTISER = 'campaigns/acme/advertiser.yaml'
const spring = `campaign: spring
order: IO-1
flight: {start: "2027-03-01 00:00", end: "2027-05-31 23:59", timezone: Europe/Berlin}
owner: ["@jana", "@finance"]
budget:
  total: 40000
  daily_max: 500
line_items:
  broad:
    bid: {cpm: 8.50}
    creatives: {acme-300x250: 1}
`
const many = Array.from({ length: 25 }, (_, n) => `  item-${n}:\n    bid: {cpm: 1}\n    creatives: {acme-300x250: 1}\n`)
const NOW = ['--now', '2027-02-01T00:00:00Z']

type Changes = Record<string, string | null>

/** A repository with one commit, and changes on top that are not committed. */
function withChange(base: Changes, changes: Changes, use: (root: string) => void): void {
  withRoot({ ...ADMISSION, [CAMPAIGN]: spring, ...base }, root => {
    const git = (...args: string[]) =>
      execFileSync('git', ['-C', root, '-c', 'user.name=t', '-c', 'user.email=t@t.example', ...args], { stdio: 'pipe' })
    git('init', '-q')
    git('add', '-A')
    git('commit', '-q', '-m', 'base')
    for (const [path, text] of Object.entries(changes)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      if (text === null) rmSync(join(root, path))
      else writeFileSync(join(root, path), text)
    }
    use(root)
  })
}

const raised = { [CAMPAIGN]: spring.replace('daily_max: 500', 'daily_max: 5000') }
/** Name → before, after, arguments, exit code, what is found. */
const CASES: [string, Changes, Changes, string[], number, RegExp[]][] = [
  ['no change', {}, {}, [], 0, []],
  ['a comment', {}, { [CAMPAIGN]: spring.replace('budget:', '# more\nbudget:') }, [], 0, []],
  ['a raise', {}, raised, [], 3, [/campaign\.yaml:7:14 error FP6101 daily-budget-raise: spring could spend 5000 EUR/]],
  ['a raise that a second owner approves', {}, raised, ['--author', '@jana', '--approved-by', '@finance'], 0, []],
  [
    'a raise that its author approves',
    {},
    raised,
    ['--author', '@jana', '--approved-by', '@jana'],
    3,
    [/second owner/],
  ],
  ['a raise with a label', {}, raised, ['--label', 'approved-by-second-owner'], 0, []],
  [
    'a clone with its old dates',
    {},
    {
      'campaigns/acme/summer.yaml': spring
        .replace('campaign: spring', 'campaign: acme-summer')
        .replace('40000', '9000'),
    },
    [],
    3,
    [/summer\.yaml:3:17 error FP6101 cloned-with-old-dates: acme-summer is a copy of spring/],
  ],
  [
    'more than was signed, in all',
    {},
    {
      'campaigns/acme/summer.yaml': spring
        .replace('campaign: spring', 'campaign: summer')
        .replace('broad:', 'wide:')
        .replace('start: "2027-03-01', 'start: "2027-01-01'),
    },
    [],
    3,
    [
      /summer\.yaml:6:10 error FP6101 above-signed-order: .*now plan 80000 EUR, and 50000 EUR are signed/,
      /summer\.yaml:1:11 warning FP6102 campaign-name: .*acme-…, not summer/,
      /summer\.yaml:3:17 warning FP6102 starts-in-the-past/,
    ],
  ],
  [
    'a bid above the cap',
    {},
    { [CAMPAIGN]: spring.replace('cpm: 8.50', 'cpm: 18.50') },
    [],
    3,
    [
      /:10:10 error FP6101 bid-above-cap: spring\/broad can bid a CPM of 18\.5 EUR \(20 USD\) on banner/,
      /:10:16 warning FP6102 bid-raise/,
    ],
  ],
  [
    'alcohol to anybody',
    {},
    { [ADVERTISER]: (FILES[ADVERTISER] ?? '').replace('IAB18-5', 'IAB8-18') },
    [],
    3,
    [/campaign\.yaml:10:5 error FP6101 sensitive-category: spring\/broad advertises alcohol/],
  ],
  [
    'many line items gone',
    { [CAMPAIGN]: spring + many.join('') },
    { [CAMPAIGN]: spring },
    [],
    3,
    [/campaign\.yaml:12:3 error FP6101 mass-deletion: 25 line items are deleted/, /it is there in the base only/],
  ],
  [
    'a rule lifted by the change that it forbids',
    {},
    { ...raised, 'policies/admission/budget.rego': 'package flightplan.admission.budget\n' },
    [],
    3,
    [/daily-budget-raise/],
  ],
  ['a broken change', {}, { [CAMPAIGN]: spring.replace('order: IO-1', 'order: IO-9') }, [], 1, [/:2:8 error FP3001/]],
]

for (const [name, base, changes, args, code, found] of CASES)
  test(`admit: ${name}`, () => {
    withChange(base, changes, root => {
      const run = flight(root, ['admit', '--base', 'HEAD', ...NOW, ...args])
      assert.equal(run.code, code, run.stdout + run.stderr)
      for (const line of found) assert.match(run.stdout, line)
      if (found.length === 0) assert.equal(run.stdout, '')
    })
  })

test('admit: formats, and what cannot be compared', () => {
  withChange({}, raised, root => {
    const run = (...args: string[]) => flight(root, ['admit', ...NOW, ...args])
    assert.match(
      run('--base', 'HEAD', '--format', 'github').stdout,
      /^::error file=campaigns\/acme\/campaign\.yaml,line=7,/,
    )
    const { diagnostics, errors } = JSON.parse(run('--base', 'HEAD', '--format', 'json').stdout)
    assert.deepEqual([errors, diagnostics[0].span.start.line], [1, 7])
    assert.equal(run('--base', 'nowhere').code, 64)
    rmSync(join(root, 'policies/admission/compiled/policy.wasm'))
    assert.equal(run('--base', 'HEAD').code, 3) // the base's judge
  })
})
