import assert from 'node:assert/strict'
import { test } from 'node:test'
import { facts, flight, NOW, request, withRoot } from './small-root.ts'

const ASK = ['explain', '--request', 'request.json', '--facts', 'facts.json', '--now', NOW]

test('explain CODE: diagnostics by code, reasons by name or number, the nearest for a slip', () => {
  withRoot({}, root => {
    assert.match(flight(root, ['explain', 'fp3001']).stdout, /^FP3001: dangling reference\n\nThe id names nothing/)
    const byName = flight(root, ['explain', 'below_floor'])
    assert.equal(byName.stdout, flight(root, ['explain', '233']).stdout)
    const json = JSON.parse(flight(root, ['explain', 'FP3001', '--format', 'json']).stdout)
    assert.deepEqual([json.schemaVersion, json.code], [1, 'FP3001'])
    const slip = flight(root, ['explain', 'below_flor'])
    assert.deepEqual([slip.code, slip.stdout], [64, ''])
    assert.match(slip.stderr, /did you mean "below_floor"\?/)
  })
})

test('explain --request: a bid with its price, and the line of YAML that kept the other line item out', () => {
  withRoot({ 'request.json': request(1.2), 'facts.json': facts() }, root => {
    const { code, stdout, stderr } = flight(root, ASK)
    assert.equal(code, 0, stderr)
    for (const line of [
      'alpha · request r-1 · 2027-03-01T12:00:00.000Z',
      'imp 1 · banner · 2 line items',
      '      campaigns/acme/campaign.yaml:12:28  geo.country: [AT]',
      '    spring/broad  campaigns/acme/campaign.yaml:7:5',
      '    acme-300x250  campaigns/acme/creative.yaml:1:11',
      '    8.50 EUR × 1.08 = 9.18 USD > floor 1.20 USD',
    ])
      assert.ok(stdout.split('\n').includes(line), `no line "${line}" in\n${stdout}`)
    assert.match(stdout, /^ {2}targeting +200 +1 +1 {2}/m)
  })
})

test('explain --request: the arithmetic of a floor that was missed; json has the same', () => {
  withRoot({ 'request.json': request(10), 'facts.json': facts() }, root => {
    const missed = '8.50 EUR × 1.08 = 9.18 USD < floor 10.00 USD'
    assert.match(flight(root, ASK).stdout, new RegExp(`^ {6}below_floor: ${missed}$`, 'm'))
    const { stdout } = flight(root, [...ASK, '--format', 'json'])
    const { schemaVersion, reason, bids, slots } = JSON.parse(stdout)
    assert.deepEqual([schemaVersion, reason.code, bids], [1, 233, []])
    const [near, far] = slots[0].nearest
    assert.deepEqual([near.line_item, near.price, near.failed], ['spring/broad', missed, []])
    assert.deepEqual(far.failed, [{ at: 'campaigns/acme/campaign.yaml:12:28', text: 'geo.country: [AT]' }])
  })
})

test('explain --request: an id with escape codes repaints no terminal; an exchange must be one that there is', () => {
  const hostile = {
    ...JSON.parse(request(1)),
    regs: { coppa: 1 },
    device: { ua: 'x' },
    user: { id: '\u001b[31mu' },
    id: '\u001b[31m',
  }
  withRoot({ 'request.json': JSON.stringify(hostile), 'facts.json': facts() }, root => {
    const { code, stdout } = flight(root, ASK)
    assert.equal(code, 0)
    assert.ok(stdout.includes('request ␣[31m ·') && !stdout.includes('\u001b'))
    const near = flight(root, [...ASK, '--exchange', 'alpa'])
    assert.equal(near.code, 64)
    assert.match(near.stderr, /no exchange "alpa"; did you mean "alpha"\?/)
  })
})
