/** The generated Rego of a small repository, word for word; lab/test/oracle/rego.test.ts asks OPA what it means. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { parseFile } from '../parse.ts'
import { targetingRego } from '../rego.ts'
import { resolve } from '../resolve/resolve.ts'
import { validateFile } from '../validate.ts'
import { BASE, campaign, treeOf } from './compile-tree.ts'

const EXPECTED = new URL('rego/expected.rego', import.meta.url)

const ITEMS = `one: {bid: {cpm: 5}, creatives: {b-300x250: 1}, where: {}}
any: {bid: {cpm: 4}, creatives: {b-300x250: 1, video: 1}, where: {any: [{geo: {country: [DE, AT]}}, {user: {age: {min: 18}}}]}}
not: {bid: {cpm: 3}, creatives: {b-728x90: 1}, where: {not: {all: [{geo: {country: [FR]}}, {device: {type: [phone]}}]}}}
leaf: {bid: {cpm: 2}, creatives: {video: 1}, where: {geo: {country: {not: [US]}}, user: {age: {max: 30}}}}
late: {bid: {cpm: 1}, creatives: {b-300x250: 1}, deals: [d1], open_auction: false, where: {audience: {any: [seg, store]}}}`
const DEFAULTS = 'defaults: {where: {any: [{device: {type: [phone]}}, {daypart: [Mon 06:00-10:00]}]}}\n'

/** UPDATE=1 writes expected.rego. */
test('targeting as Rego', () => {
  const { yaml, side } = treeOf({ ...BASE, 'campaigns/acme/campaign.yaml': campaign(ITEMS, DEFAULTS) })
  const files = yaml.flatMap(source => validateFile(parseFile(source).file).valid ?? [])
  const { world, diagnostics } = resolve({ files, side, rules: null, whole: true })
  assert.ok(world, JSON.stringify(diagnostics))
  const rego = targetingRego(world)
  if (process.env['UPDATE']) writeFileSync(EXPECTED, rego)
  assert.equal(rego, readFileSync(EXPECTED, 'utf8'))
})
