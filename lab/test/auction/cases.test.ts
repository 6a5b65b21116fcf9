/**
 * Auctions on paper (lab/auction/case.ts), each from YAML to BidResponse. `UPDATE=1 node --test <this file>` writes what
 * is seen now into the cases, so that the difference is read in the diff.
 */
import assert from 'node:assert/strict'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { env } from 'node:process'
import { suite, test } from 'node:test'
import { type Case, readCase, withExpected } from '../../auction/case.ts'
import { runCase } from '../../auction/run.ts'

const folder = join(import.meta.dirname, 'cases')
const paths = globSync('*/*.yaml', { cwd: folder }).sort()

async function checkCase(path: string, given: Case): Promise<void> {
  const { seen, markup } = await runCase(given)
  const { bids: expectedBids = [], ...rest } = given.expect
  const wanted = expectedBids.map(({ adm_has, ...bid }) => bid)
  const parts = expectedBids.map(({ adm_has = [] }) => adm_has)
  if (env['UPDATE'] === '1') {
    const bids = seen.bids?.map((bid, i) => (parts[i]?.length ? { ...bid, adm_has: parts[i] } : bid))
    const text = readFileSync(path, 'utf8')
    writeFileSync(path, withExpected(text, bids ? { ...seen, bids } : seen))
    return
  }
  assert.deepEqual(seen, { ...(expectedBids.length > 0 ? { bids: wanted } : {}), ...rest })
  parts.forEach((all, i) => {
    for (const part of all) assert.ok(markup[i]?.includes(part), `bid ${i} has no ${part} in ${markup[i]}`)
  })
}

for (const [topic, files] of Map.groupBy(paths, path => path.split('/')[0] ?? ''))
  suite(topic, () => {
    for (const file of files)
      test(file.slice(topic.length + 1, -'.yaml'.length), async () => {
        const path = join(folder, file)
        await checkCase(path, readCase(path))
      })
  })
