import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { FLIGHT, flight, withRoot } from './small-root.ts'

const ROOT = join(import.meta.dirname, '../..')
const CAMPAIGN = 'campaigns/acme/campaign.yaml'
const read = (root: string, path: string) => readFileSync(join(root, path), 'utf8')

test('the shipped CODEOWNERS is what `owner:` says', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [FLIGHT, 'owners', '--check'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  assert.equal(status, 0, stdout + stderr)
})

test('owners: written from the YAML, wider rules first; what people wrote above stays', () => {
  const owned = `campaign: big
order: IO-1
owner: [jana@agency.example, "@org/team"]
flight: {start: "2027-01-01 00:00", end: "2027-12-31 23:59", timezone: UTC}
budget: {total: 5}
`
  const advertiser = 'advertiser: acme\nname: Acme\nowner: "@acme"\ndomain: acme.example\ncategories: [IAB18-5]\n'
  const files = { 'campaigns/acme/advertiser.yaml': advertiser, 'campaigns/acme/big one/campaign.yaml': owned }
  withRoot({ ...files, '.github/CODEOWNERS': '/policies/ @policy\n' }, root => {
    assert.equal(flight(root, ['owners', '--check']).code, 1)
    assert.equal(flight(root, ['owners']).code, 0)
    const lines = read(root, '.github/CODEOWNERS').split('\n')
    assert.equal(lines[0], '/policies/ @policy')
    assert.deepEqual(lines.slice(-3), [
      '/campaigns/acme/ @acme',
      '/campaigns/acme/big\\ one/ jana@agency.example @org/team',
      '',
    ])
    assert.equal(flight(root, ['owners', '--check']).code, 0)
  })
})

test('init: a new repository validates, passes its tests, is formatted and builds; a full folder is refused', () => {
  const directory = join(mkdtempSync(join(tmpdir(), 'flight-')), 'new')
  try {
    assert.equal(flight(tmpdir(), ['init', directory]).code, 0)
    for (const args of [['validate'], ['test'], ['fmt', '--check'], ['build', '--now', '2027-01-01T00:00:00Z']]) {
      const { code, stdout, stderr } = flight(directory, args)
      assert.equal(code, 0, `${args}: ${stdout}${stderr}`)
    }
    assert.match(flight(directory, ['test']).stderr, /3 passed, 0 failed/)
    assert.equal(flight(tmpdir(), ['init', directory]).code, 64)
  } finally {
    rmSync(join(directory, '..'), { recursive: true, force: true })
  }
})

const DATED = `# agreed with the client
campaign: acme-spring
order: IO-1
flight: {start: "2027-03-01 06:00", end: "2027-04-30 23:59", timezone: Europe/Berlin}
budget: {total: 40000, segments: {march: {from: "2027-03-01", to: "2027-03-31", amount: 9}}}
line_items:
  broad: # for all
    flight: {start: "2027-03-15 00:00", end: "2027-04-30 12:00"}
    bid: {cpm: 8.50}
    creatives: {acme-300x250: 1}
`

test('clone: every date is moved, the copy is a draft, comments stay; what has no day left is refused', () => {
  withRoot({ [CAMPAIGN]: null, 'campaigns/acme/spring/campaign.yaml': DATED }, root => {
    const clone = (...args: string[]) => flight(root, ['clone', 'acme-spring', '--as', 'acme-summer', ...args])
    const done = clone('--start', '2027-06-01', '--end', '2027-07-20')
    assert.deepEqual([done.code, done.stdout], [0, 'campaigns/acme/summer/campaign.yaml\n'], done.stderr)
    const text = read(root, 'campaigns/acme/summer/campaign.yaml')
    assert.match(text, /^# agreed with the client\ncampaign: acme-summer\norder: IO-1\nstatus: draft\n/)
    assert.match(text, /flight: \{start: "2027-06-01 00:00", end: "2027-07-20 23:59", timezone/)
    assert.match(text, /march: \{from: "2027-06-01", to: "2027-07-01"/)
    assert.match(text, /broad:\n {4}# for all\n {4}flight: \{start: "2027-06-15 00:00", end: "2027-07-20 23:59"\}/)
    assert.equal(flight(root, ['validate']).code, 0)
    assert.equal(clone('--start', '2027-06-01', '--end', '2027-07-20').code, 64) // it is there
    const refused = (...args: string[]) => flight(root, ['clone', 'acme-spring', '--as', 'other', ...args])
    assert.match(
      refused('--start', '2027-03-01 06:00', '--end', '2027-09-01').stderr,
      /is the start of acme-spring itself/,
    )
    assert.match(refused('--start', '2027-06-01', '--end', '2027-06-10').stderr, /broad would run from 2027-06-15/)
    assert.match(
      refused('--start', '2027-02-30', '--end', '2027-06-10').stderr,
      /--start "2027-02-30" is no local time/,
    )
  })
})

test('export and import: what a sheet changes is changed, one wrong cell changes nothing', () => {
  withRoot({}, root => {
    const sheet = flight(root, ['export', '--csv', '--campaign', 'spring']).stdout
    const importing = (text: string, ...args: string[]) => {
      writeFileSync(join(root, 'sheet.csv'), text)
      return flight(root, ['import', 'sheet.csv', ...args])
    }
    const before = read(root, CAMPAIGN)
    assert.deepEqual([importing(sheet).stdout, read(root, CAMPAIGN)], ['', before])
    const wrong = importing(sheet.replace('cpm,20', 'cpm,twenty'))
    assert.equal(wrong.code, 1)
    assert.match(wrong.stdout, /^sheet\.csv:3:\d+ error FP2007 "twenty"/)
    assert.equal(importing(sheet.replace('8.50', '9.25'), '--dry-run').stdout, `${CAMPAIGN}\n`)
    assert.equal(read(root, CAMPAIGN), before)
    assert.equal(importing(sheet.replace('8.50', '9.25')).code, 0)
    assert.equal(read(root, CAMPAIGN), before.replace('8.50', '9.25'))
    assert.equal(flight(root, ['export']).stdout, sheet.replace('8.50', '9.25'))
    assert.equal(flight(root, ['export', '--campaign', 'sprung']).code, 64)
  })
})
