/** What moves bidders, money or people's data can be tried first, and says why in the record. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Command } from 'commander'
import { addChannel } from '../commands/channel.ts'
import { addCluster } from '../commands/cluster.ts'
import { addEvents } from '../commands/events.ts'
import { addFacts } from '../commands/facts.ts'
import { addPlanning } from '../commands/planning.ts'
import { addRollout } from '../commands/rollout.ts'
import { addWriting } from '../commands/writing.ts'
import { openOutput } from '../output.ts'

/** Verbs that change nothing outside of the working tree, where Git is the record and its commits say why. */
const READS = [
  'doctor',
  'status',
  'report',
  'rollout status',
  'facts status',
  'plan',
  'simulate',
  'explain',
  'traffic show',
  'admit',
]
const FILES = [
  'validate',
  'test',
  'build',
  'schema',
  'fmt',
  'export',
  'import',
  'clone',
  'facts import',
  'synth',
  'owners',
  'init',
  'traffic generate',
]
/** Brings copies to the record, which stays as it is: there is nothing to be recorded. */
const REPAIRS = ['drift']

function verbs(command: Command, path = ''): [string, string[]][] {
  const here = command.commands.flatMap(one => verbs(one, `${path} ${one.name()}`.trim()))
  return command.commands.length > 0 ? here : [[path, command.options.map(option => option.long ?? '')]]
}

const program = new Command('flight')
const output = openOutput(process)
for (const add of [addWriting, addPlanning, addChannel, addRollout, addEvents, addFacts, addCluster])
  add(program, output)

test('every verb that changes what is served, booked or known has --dry-run and --reason', () => {
  const all = verbs(program)
  const known = [...READS, ...FILES, ...REPAIRS]
  assert.deepEqual(
    known.filter(name => !all.some(([verb]) => verb === name)),
    [],
    'a list names a verb that is not there',
  )
  const moving = all.filter(([verb]) => !known.includes(verb))
  assert.ok(moving.length >= 12, `${moving.length}`)
  for (const [verb, options] of moving)
    assert.deepEqual(
      ['--dry-run', '--reason'].filter(option => !options.includes(option)),
      [],
      verb,
    )
  for (const [verb, options] of all.filter(([name]) => [...REPAIRS, 'import', 'clone'].includes(name)))
    assert.ok(options.includes('--dry-run'), verb)
})
