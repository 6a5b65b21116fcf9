import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { withoutPostgres, withoutRedis } from '../../fleet/services.ts'
import { pageOf, playFirstChange } from '../../transcript/first-change.ts'

const PAGE = join(import.meta.dirname, '../../../docs/first-change.md')

test('docs/first-change.md: a new user’s edit, plan, commit, rollout and rollback do what the page says', {
  skip: withoutRedis || withoutPostgres,
}, async () => {
  const steps = await playFirstChange()
  if (process.env['UPDATE'] === '1') writeFileSync(PAGE, pageOf(steps))
  const page = readFileSync(PAGE, 'utf8')
  for (const { command, output, varies } of steps) {
    assert.ok(page.includes(`$ ${command}\n`), command)
    if (!varies) assert.ok(page.includes(output.trimEnd()), `${command} prints now:\n${output}`)
  }
  const outputOf = (verb: string) => steps.find(({ command }) => command.startsWith(`flight ${verb}`))?.output ?? ''
  assert.match(outputOf('rollout start'), /promoted/)
  assert.match(outputOf('status'), /2 of 2 bidders serve/)
  assert.match(outputOf('rollback'), /2 of 2 bidders serve it/)
})
