/** `flight rollout`: a release by waves. */
import { type Command, Option } from 'commander'
import type { Output } from '../output.ts'
import { channel, ending, example, format, root, STORES } from './options.ts'

export function addRollout(program: Command, output: Output): void {
  const rollout = program
    .command('rollout')
    .description('A release to all auctions by waves, each judged against what serves beside it.')
  const rolling = (command: Command) =>
    command
      .addOption(channel())
      .addOption(new Option('--dry-run', 'say what would be done; write nothing'))
      .addOption(new Option('--reason <text>', 'why, for the history'))
      .addOption(root())
      .addOption(format('pretty', 'json'))
  const watching = () => new Option('--watch', 'drive it until it has ended: 0 promoted, 7 aborted, 8 not reached')

  rolling(rollout.command('start'))
    .description('Starts a rollout, or joins the one of the same release that is on.')
    .argument('[release]', 'as for flight publish (default: what flight build built last)')
    .option('--plan <file>', 'compare with what this saved plan predicts, instead of with no change')
    .option('--fast', 'to all auctions at once: refused unless the change can only reduce')
    .addOption(watching())
    .addHelpText('after', STORES + example('flight rollout start --plan plan.json --watch --reason "spring sale"'))
    .action(
      ending(async (what, options) => (await import('../rollout.ts')).startRollout(output, process.env, what, options)),
    )

  rollout
    .command('status')
    .description('Shows the waves and the verdict of each gate.')
    .addOption(channel())
    .addOption(root())
    .addOption(format('pretty', 'json'))
    .addHelpText('after', STORES + example('flight rollout status --format json'))
    .action(ending(async options => (await import('../rollout.ts')).rolloutStatus(output, process.env, options)))

  rolling(rollout.command('pause'))
    .description('Holds the rollout at its wave; gates still abort it, and it still expires.')
    .addHelpText('after', STORES + example('flight rollout pause --reason "sale begins"'))
    .action(
      ending(async options => (await import('../rollout.ts')).changeRollout(output, process.env, 'paused', options)),
    )

  rolling(rollout.command('resume'))
    .description('Lets a paused rollout go on.')
    .addOption(watching())
    .addHelpText('after', STORES + example('flight rollout resume --watch'))
    .action(
      ending(async options => (await import('../rollout.ts')).changeRollout(output, process.env, 'running', options)),
    )

  rolling(rollout.command('abort'))
    .description('Ends the rollout: all auctions to what served before it.')
    .addHelpText('after', STORES + example('flight rollout abort --reason "wrong creative"'))
    .action(
      ending(async options => (await import('../rollout.ts')).changeRollout(output, process.env, 'aborted', options)),
    )
}
