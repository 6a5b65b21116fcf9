/** A resident compiler against one that starts afresh: after any edit both write the same bytes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type CompileResult, compileTree } from '../compile.ts'
import { ReadFiles } from '../read-files.ts'
import { BASE, campaign, type Files, treeOf } from './compile-tree.ts'

const CAMPAIGN = 'campaigns/acme/campaign.yaml'
const WHERES = [
  '{geo: {country: [US, CA]}}',
  '{geo: {country: [DE]}, deals: [d1]}',
  '{any: [{exchange: [beta]}, {rule: no}]}',
]
const item = (cpm: number, where: string) => `a: {bid: {cpm: ${cpm}}, creatives: {b-300x250: 1}, where: ${where}}`

/** Sound and faulty edits: what a fault leaves behind must not show in the next release. */
const EDITS = fc.oneof(
  fc.tuple(fc.integer({ min: 1, max: 9 }), fc.constantFrom(...WHERES)).map(([cpm, where]) => (files: Files) => ({
    ...files,
    [CAMPAIGN]: campaign(item(cpm, where)),
  })),
  fc.constantFrom('', '# moved\n').map(line => (files: Files) => ({ ...files, [CAMPAIGN]: line + files[CAMPAIGN] })),
  fc.constant((files: Files) => ({ ...files, [CAMPAIGN]: 'campaign: [broken' })),
  fc.constant(({ 'campaigns/acme/deal.yaml': _, ...files }: Files): Files => files),
  fc.constant((files: Files) => ({ ...files, 'campaigns/acme/deal.yaml': `${BASE['campaigns/acme/deal.yaml']}` })),
  fc.integer({ min: 1, max: 9 }).map(rate => (files: Files) => ({
    ...files,
    'flightplan.yaml': `flightplan: 1\nvendor_id: 999\nplanning_rates: {EUR: "1.0${rate}"}\n`,
  })),
)

test('a sequence of edits: resident == afresh, byte for byte', async () => {
  const outcome = ({ release, diagnostics }: CompileResult) => [release && [...release.files], diagnostics]
  await fc.assert(
    fc.asyncProperty(fc.array(EDITS, { minLength: 1, maxLength: 12 }), async edits => {
      const read = new ReadFiles()
      let files: Files = { ...BASE, [CAMPAIGN]: campaign(item(2, '{geo: {country: [US]}}')) }
      for (const edit of edits) {
        files = edit(files)
        const resident = await compileTree(treeOf(files), { now_ms: 0 }, read)
        assert.deepEqual(outcome(resident), outcome(await compileTree(treeOf(files), { now_ms: 0 })))
      }
    }),
    { numRuns: 25 },
  )
})

test('only files that changed are parsed anew', () => {
  const read = new ReadFiles()
  const run = (files: Files) => {
    const { yaml } = treeOf(files)
    const parsed = read.parse(yaml)
    read.validate(yaml, parsed)
    return new Map(parsed.map(one => [one.file.path, one]))
  }
  const before = run(BASE)
  const path = 'campaigns/acme/deal.yaml'
  const after = run({ ...BASE, [path]: `# later\n${BASE[path]}` })
  for (const [name, parsed] of after) assert.equal(parsed === before.get(name), name !== path, name)
})
