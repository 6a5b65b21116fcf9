/** Commands that move what bidders serve, and show it. */
import { type Command, Option } from 'commander'
import type { Output } from '../output.ts'
import { channel, ending, example, format, moving, root, STORES } from './options.ts'

export function addChannel(program: Command, output: Output): void {
  program
    .command('doctor')
    .description('Checks a setup: tools, configuration, keys, stores, bidders; says what to do about each fault.')
    .addOption(channel())
    .addOption(root())
    .addOption(format('pretty', 'json'))
    .addHelpText('after', example('flight doctor'))
    .action(ending(async options => (await import('../doctor.ts')).doctor(output, process.env, options)))

  const pausing = (command: Command) =>
    command
      .argument('<what>', 'a campaign, a campaign/line-item, or exchange:name')
      .addOption(channel())
      .addOption(new Option('--dry-run', 'say what would be done; write nothing'))
      .addOption(new Option('--reason <text>', 'why, for the history'))
      .addOption(root())
      .addOption(format('pretty', 'json'))

  pausing(program.command('pause'))
    .description('Ends bids at once, for a while; says where Git must follow.')
    .option('--for <time>', 'how long, up to 7d', '2h')
    .addHelpText('after', STORES + example('flight pause acme-spring --for 2h --reason "wrong landing page"'))
    .action(ending(async (what, options) => (await import('../pause.ts')).pause(output, process.env, what, options)))

  pausing(program.command('resume'))
    .description('Ends a pause before its time.')
    .addHelpText('after', STORES + example('flight resume acme-spring --reason "page is right again"'))
    .action(ending(async (what, options) => (await import('../pause.ts')).resume(output, process.env, what, options)))

  moving(program.command('publish'))
    .description('Records a release, copies it to where bidders read, and moves the channel to it.')
    .argument('[release]', 'a release or channel folder, or a published digest (default: what flight build built last)')
    .addHelpText('after', STORES + example('flight publish .flight/release --reason "spring sale" --wait 30'))
    .action(
      ending(async (what, options) => (await import('../publish.ts')).publish(output, process.env, what, options)),
    )

  moving(program.command('rollback'))
    .description('Moves the channel back to an earlier release and pins it there. Spend stays as it is.')
    .argument('[digest]', 'a published release, or the first digits (default: the one that served before)')
    .addHelpText('after', STORES + example('flight rollback --reason "bid rate halved"'))
    .action(
      ending(async (digest, options) =>
        (await import('../rollback.ts')).rollback(output, process.env, digest, options),
      ),
    )

  moving(program.command('pin'))
    .description('Holds the channel where it is: flight publish is refused until flight unpin.')
    .addHelpText('after', STORES + example('flight pin --reason "sale weekend"'))
    .action(ending(async options => (await import('../rollback.ts')).pin(output, process.env, true, options)))

  moving(program.command('unpin'))
    .description('Lets the channel move again.')
    .addHelpText('after', STORES + example('flight unpin --reason "reverted in Git"'))
    .action(ending(async options => (await import('../rollback.ts')).pin(output, process.env, false, options)))

  program
    .command('status')
    .description('Shows for each bidder what it serves, whether it took what was announced, and why not.')
    .addOption(channel())
    .addOption(root())
    .addOption(format('pretty', 'json'))
    .addHelpText('after', STORES + example('flight status --format json'))
    .action(ending(async options => (await import('../status.ts')).status(output, process.env, options)))

  program
    .command('drift')
    .description('Shows where Git, the record, the hot copy and the bidders disagree.')
    .addOption(channel())
    .addOption(new Option('--fix', 'bring the hot copy to the record and call the bidders'))
    .addOption(new Option('--dry-run', 'with --fix: change nothing'))
    .addOption(new Option('--detailed-exitcode', 'end with 2 where something differs'))
    .addOption(root())
    .addOption(format('pretty', 'json'))
    .addHelpText('after', STORES + example('flight drift --detailed-exitcode'))
    .action(ending(async options => (await import('../status.ts')).drift(output, process.env, options)))
}
