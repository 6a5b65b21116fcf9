/** `flight facts`: what changes without a commit. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Output } from '../output.ts'
import { channel, ending, example, format, moving, root, STORES } from './options.ts'

export function addFacts(program: Command, output: Output): void {
  const facts = program
    .command('facts')
    .description(
      'Exchange rates, verdicts on creatives, deal states, sellers, invalid traffic: they change without a commit.',
    )

  facts
    .command('import')
    .description('Makes facts of parts that sources deliver; each replaces that part as a whole.')
    .argument('<files...>', 'JSON with some of rates, audits, deals, sellers, invalid_traffic')
    .addOption(new Option('--base <file>', 'facts that the other parts come from (default: .flight/facts.json)'))
    .addOption(new Option('--out <file>', 'where to (default: .flight/facts.json of the root)'))
    .addOption(new Option('--dry-run', 'only check'))
    .addOption(root())
    .addHelpText('after', example('flight facts import rates.json audits.json'))
    .action(
      ending(async (files, options) =>
        (await import('../facts/import.ts')).importFacts(output, files, { ...options, now_ms: Date.now() }),
      ),
    )

  moving(facts.command('publish'))
    .description('Gives facts to all bidders; by a canary where they would move much money.')
    .argument('[file]', 'facts (default: .flight/facts.json of the root)')
    .addOption(
      new Option('--traffic <file>', 'a traffic log (default: .flight/traffic.ndjson.gz of the root, if there)'),
    )
    .addOption(
      new Option('--max-move <percent>', 'spend that they may move without a canary').default(20).argParser(percent),
    )
    .addOption(new Option('--watch', 'drive the canary until it has ended: 0 promoted, 7 aborted, 8 not reached'))
    .addHelpText('after', STORES + example('flight facts publish --reason "rates of today" --wait 10'))
    .action(
      ending(async (file, options) =>
        (await import('../facts/publish.ts')).publishFacts(output, process.env, file, {
          ...options,
          now_ms: Date.now(),
        }),
      ),
    )

  facts
    .command('status')
    .description('Shows which facts serve, how old they are, and who has them; exit 1 when they are too old.')
    .addOption(channel())
    .addOption(root())
    .addOption(format('pretty', 'json'))
    .addHelpText('after', STORES + example('flight facts status --format json'))
    .action(
      ending(async options =>
        (await import('../facts/status.ts')).factsStatus(output, process.env, { ...options, now_ms: Date.now() }),
      ),
    )
}

function percent(text: string): number {
  if (!/^\d{1,3}(\.\d{1,2})?$/.test(text)) throw new InvalidArgumentError('A number of percent is needed, such as 20.')
  return Number(text)
}
