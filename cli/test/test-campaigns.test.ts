import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { FLIGHT, flight, NOW, request, withRoot } from './small-root.ts'

const ROOT = join(import.meta.dirname, '../..')
const PLACE = 'campaigns/acme/spring.test.yaml'
const FIXTURE = { 'campaigns/acme/request.json': request(1), 'campaigns/acme/spring.txt': 'no JSON' }
const USD = 'exchanges/alpha.yaml'
/** The order is in euros and no facts are there: bids need no rate when the exchange takes euros. */
const EUROS = `exchange: alpha
status: live
default_seat: "5371"
currencies: {request: [EUR, USD], bid: EUR}
price: {codec: plain, unit: cpm}
notices: {bill_on: {banner: pixel, video: vast_impression, native: imptracker, audio: vast_impression}}
`
const head = `test: spring\ncampaign: spring\nexchange: alpha\nat: "${NOW}"\nrequest_file: request.json\n`
/** One case an entry, in one file: `c0`, `c1`, …; `more` comes before `expect`. */
const file = (cases: readonly [expect: string, more?: string][], top = head) => {
  const lines = cases.flatMap(([expect, more], n) => [
    `  c${n}:`,
    ...(more === undefined ? [] : [`    ${more}`]),
    '    with: {cur: [EUR], imp: [{id: "1", banner: {format: [{w: 300, h: 250}]}}]}',
    `    expect: ${expect}`,
  ])
  return { ...FIXTURE, [USD]: EUROS, [PLACE]: `${top}cases:\n${lines.join('\n')}\n` }
}

test('the tests of the shipped campaigns pass', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [FLIGHT, 'test'], { cwd: ROOT, encoding: 'utf8' })
  assert.equal(status, 0, stdout + stderr)
  assert.ok((stdout.match(/^ok /gm) ?? []).length >= 8, stdout)
})

/** Expectation → the place of the failure and what is said, or null: it passes. */
const CASES: [string, string | null, RegExp?][] = [
  [
    '{line_items: {broad: {bid: {price: {min: 8.5, max: 8.50}, currency: EUR, creative: acme-300x250, deal: none}}}}',
    null,
  ],
  ['{line_items: {spring/broad: {bid: {}}, austria: {no_bid: targeting}}}', null],
  ['{line_items: {austria: {no_bid: below_floor}}}', 'below_floor', /is targeting, not below_floor/],
  ['{line_items: {broad: {no_bid: targeting}}}', 'targeting', /spring\/broad bids: imp 1, spring\/broad, 8\.5 EUR/],
  ['{line_items: {austria: {bid: {}}}}', '{}', /austria does not bid: targeting/],
  ['{line_items: {broad: {bid: {price: {min: 8.6}}}}}', '8.6', /8\.5 EUR, below the least/],
  ['{line_items: {broad: {bid: {price: {max: 8.4}}}}}', '8.4', /8\.5 EUR, above the highest/],
  ['{line_items: {broad: {bid: {currency: USD}}}}', 'USD', /in EUR, not USD/],
  ['{line_items: {broad: {bid: {creative: other}}}}', 'other', /creative is acme-300x250/],
  ['{line_items: {broad: {bid: {deal: d-1}}}}', 'd-1', /on the open auction, not d-1/],
  ['{line_items: {broad: {bid: {imp: "2"}}}}', '"2"', /on imp 1, not on 2/],
  ['{line_items: {brod: {bid: {}}}}', '{bid', /no line item "spring\/brod"/],
  ['{no_bid: privacy}', 'privacy', /there is a bid/],
]

test('an expectation is met, or its own line and column say what came instead', () => {
  const files = file(CASES.map(([expect]) => [expect]))
  const lines = files[PLACE]?.split('\n') ?? []
  withRoot(files, root => {
    const { code, stdout } = flight(root, ['test', '--format', 'json'])
    const { diagnostics, tests } = JSON.parse(stdout)
    assert.equal(code, 1)
    CASES.forEach(([expect, at, message], n) => {
      assert.equal(tests[n].passed, at === null, `${expect} ${stdout}`)
      const found = diagnostics.filter((one: { message: string }) => one.message.startsWith(`spring/c${n}: `))
      assert.equal(found.length, at === null ? 0 : 1)
      if (at === null) return
      const line = lines.indexOf(`  c${n}:`) + 3
      assert.deepEqual(
        [found[0].span.file, found[0].span.start.line, found[0].span.start.col],
        [PLACE, line, `    expect: ${expect}`.lastIndexOf(at) + 1],
        expect,
      )
      assert.match(found[0].message, message ?? /./)
    })
  })
})

test('the false line of the campaign is named', () => {
  withRoot(file([['{line_items: {austria: {bid: {}}}}']]), root => {
    const { stdout } = flight(root, ['test', 'campaigns'])
    assert.match(stdout, /^FAIL spring\/c0 {2}campaigns\/acme\/spring\.test\.yaml:7$/m)
    assert.match(stdout, /note: false: campaigns\/acme\/campaign\.yaml:\d+:\d+ {2}geo\.country: \[AT\]/)
    assert.match(
      flight(root, ['test', '--format', 'github']).stdout,
      /^::error file=campaigns\/acme\/spring\.test\.yaml,line=9,/,
    )
    assert.match(flight(root, ['test', 'exchanges']).stderr, /^0 tests in 0 files/)
  })
})

const NONE = '{no_bid: privacy}'
const CANNOT: [Record<string, string>, RegExp[]][] = [
  [
    file([
      [NONE, 'request_file: gone.json'],
      [NONE, 'exchange: beta'],
      [NONE, 'at: "2027-13-01T00:00Z"'],
      [NONE, 'request: {id: ""}'],
      [NONE, 'request_file: spring.txt'],
    ]),
    [
      /:8:19 error FP6002 spring\/c0: .*no file campaigns\/acme\/gone\.json/,
      /:12:15 error FP6002 spring\/c1: .*no exchange "beta"/,
      /:16:9 error FP6002 spring\/c2: .*no such time/,
      /:19:3 error FP6002 spring\/c3: .*no bid request/,
      /:24:19 error FP6002 spring\/c4: .*is not JSON/,
    ],
  ],
  [file([[NONE]], head.replace(/^(at|exchange|request_file).*\n/gm, '')), [/:4:3 error FP6002 .*no exchange is named/]],
  [file([[NONE]], head.replace('campaign: spring', 'campaign: sprung')), [/:2:11 error FP6002 .*no campaign "sprung"/]],
  [
    file([['{no_bid: privcy}'], ['{line_items: {broad: {bid: {}, no_bid: targeting}}}']]),
    [/:9:22 error FP2006 "privcy" is not one of /, /error FP2012 holds bid and no_bid/],
  ],
]

test('a test that cannot be run says why, at its place', () => {
  for (const [files, messages] of CANNOT)
    withRoot(files, root => {
      const { code, stdout, stderr } = flight(root, ['test'])
      assert.equal(code, 1, stdout + stderr)
      for (const message of messages) assert.match(stdout, message)
    })
})
