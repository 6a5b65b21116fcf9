/** The command line: which verbs there are, what they take, and how they end. The work is in a file per verb. */
import { Command, CommanderError } from 'commander'
import { addChannel } from './commands/channel.ts'
import { addCluster } from './commands/cluster.ts'
import { addEvents } from './commands/events.ts'
import { addFacts } from './commands/facts.ts'
import { addPlanning } from './commands/planning.ts'
import { addRollout } from './commands/rollout.ts'
import { addWriting } from './commands/writing.ts'
import { EXIT, type ExitCode, Stop } from './exit.ts'
import { openOutput, VERSION } from './output.ts'

const output = openOutput(process)
const program = new Command('flight')
  .description('Campaigns as code: checks, compiles, explains and publishes the YAML of a Flightplan repository.')
  .version(VERSION)
  .exitOverride()
  .showHelpAfterError('(--help shows what there is)')
  .addHelpText(
    'after',
    `
Exit codes:
  0   done, no errors found
  1   errors found in the files
  2   plan or drift --detailed-exitcode: there are changes
  3   an admission policy denies the change
  4   the state of the channel forbids it: it is pinned
  5   the saved plan is stale
  6   only integrity errors found: a digest or signature does not fit its content
  7   a rollout was aborted
  8   a store cannot be reached, or not every bidder serves what was announced
  64  the command line asks for something that cannot be done
  70  a fault of flight itself; FLIGHT_DEBUG=1 shows where
  130 interrupted

Example:
  $ flight validate && flight build --out /var/lib/flightplan`,
  )

addWriting(program, output)
addPlanning(program, output)
addChannel(program, output)
addRollout(program, output)
addEvents(program, output)
addFacts(program, output)
addCluster(program, output)

/** One line for people, never a stack; what the system refused names the path. */
function complain(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage // commander wrote it itself
  const isSystem = error instanceof Error && 'syscall' in error
  const text = error instanceof Error ? error.message : String(error)
  output.progress(`flight: ${text.replace(/\p{Cc}+/gu, ' ')}`)
  if (error instanceof Stop) return error.exitCode
  if (isSystem) return EXIT.usage
  if (process.env['FLIGHT_DEBUG'] && error instanceof Error) output.progress(error.stack ?? '')
  else output.progress('This is a fault of flight. Run again with FLIGHT_DEBUG=1 and report what it prints.')
  return EXIT.internal
}

/** A reader that has seen enough (`flight … | head`) is no fault. */
for (const stream of [process.stdout, process.stderr])
  stream.on('error', error => {
    if (!('code' in error) || error.code !== 'EPIPE') throw error
    process.exit()
  })
process.on('uncaughtException', error => process.exit(complain(error)))

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = complain(error)
}
