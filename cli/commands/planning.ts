/** Commands that say what would be: plans, recorded traffic, simulations. */
import { type Command, Option } from 'commander'
import { type Output, PLAN_FORMATS } from '../output.ts'
import { ending, example, format, root, share, whole } from './options.ts'

export function addPlanning(program: Command, output: Output): void {
  program
    .command('plan')
    .description('Shows what a change does: to the configuration, to money, and to recorded auctions.')
    .addOption(root())
    .addOption(new Option('--base <ref>', 'what to compare with: a commit, a branch or a folder').default('HEAD'))
    .addOption(
      new Option('--traffic <file>', 'a traffic log (default: .flight/traffic.ndjson.gz of the root, if there)'),
    )
    .addOption(new Option('--facts <file>', 'facts to judge by (default: facts/example.json, dated as of the log)'))
    .addOption(new Option('--out <file>', 'saves the plan as JSON, bound to what it is of'))
    .addOption(new Option('--check <file>', 'only says whether a saved plan is still right; exit 5 when it is stale'))
    .addOption(new Option('--detailed-exitcode', 'exit with 2 when there are changes'))
    .addOption(whole('--seed <n>', 'of the intervals and of the examples shown', 1))
    .addOption(format(...PLAN_FORMATS))
    .addHelpText('after', example('flight plan --base origin/main --traffic day.ndjson.gz --format markdown'))
    .action(ending(async options => (await import('../plan.ts')).plan(output, options)))

  const traffic = program.command('traffic').description('Recorded traffic, which `flight plan` replays.')

  traffic
    .command('generate')
    .description('Makes an example day: generated requests, decided by this repository, in a made-up market.')
    .addOption(root())
    .addOption(whole('--requests <n>', 'how many', 50_000))
    .addOption(whole('--seed <n>', 'the same seed makes the same day', 1))
    .addOption(whole('--one-in <n>', 'how many auctions each one stands for', 200))
    .addOption(new Option('--out <file>', 'where to (default: .flight/traffic.ndjson.gz of the root)'))
    .addOption(new Option('--facts <file>', 'facts to decide by (default: facts/example.json)'))
    .addHelpText('after', example('flight traffic generate --requests 50000 --seed 1 --out day.ndjson.gz'))
    .action(ending(async options => (await import('../traffic.ts')).generate(output, options)))

  traffic
    .command('show')
    .description('Prints the request of one recorded auction.')
    .argument('<file>', 'a log, NDJSON or gzip')
    .argument('<auction>', 'its number in the log')
    .addHelpText('after', example('flight traffic show day.ndjson.gz 17 | flight explain --request - --exchange alpha'))
    .action(ending(async (file, auction) => (await import('../traffic.ts')).show(output, file, auction)))

  program
    .command('simulate')
    .description('Plays a day of pacing on a virtual clock, beside what others do.')
    .addOption(whole('--seed <n>', 'the same seed makes the same day', 7))
    .addOption(
      new Option('--budget <share>', 'of what the campaign would spend without one').default(0.2).argParser(share),
    )
    .addOption(new Option('--out <file>', 'draws the day as an SVG'))
    .addOption(format('pretty', 'json'))
    .addHelpText('after', example('flight simulate --seed 7 --budget 0.2 --out day.svg'))
    .action(ending(async options => (await import('../simulate.ts')).simulateDay(output, options)))
}
