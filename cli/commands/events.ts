/** Commands that read what happened. */
import { REPORT_NAMES, REPORTS } from '@flightplan/runtime/events/reports.ts'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Output } from '../output.ts'
import { collected, ending, example, format, root } from './options.ts'

const EVENTS = `
Events: CLICKHOUSE_URL, else the engine itself on CLICKHOUSE_DIR or .flight/clickhouse of the root (npm ci --prefix lab/stack
installs it).`

export function addEvents(program: Command, output: Output): void {
  program
    .command('report')
    .description(`Prints what happened, with up to when it is complete: ${REPORT_NAMES.join(', ')}.`)
    .argument('[name]', 'which report', reportName, 'delivery')
    .addOption(
      new Option('--since <day>', 'first day, as 2027-03-01 (default: six days before the last)').argParser(day),
    )
    .addOption(new Option('--until <day>', 'last day (default: today in UTC)').argParser(day))
    .option('--campaign <id>', 'of this campaign only')
    .option('--spool <dir>', 'read this folder of events before; may be given again', collected, [])
    .addOption(tolerance())
    .addOption(root())
    .addOption(format('pretty', 'json', 'csv'))
    .addHelpText('after', EVENTS + example('flight report spend --since 2027-03-01 --campaign acme-spring'))
    .action(
      ending(async (name, options) =>
        (await import('../report.ts')).report(output, process.env, name, { ...options, now_ms: Date.now() }),
      ),
    )

  program
    .command('reconcile')
    .description("Takes in an exchange's own report and holds it against the books; exit 1 above the tolerance.")
    .argument('<file>', 'CSV with the columns day (UTC), format, currency, impressions, spend')
    .requiredOption('--exchange <id>', 'whose it is')
    .addOption(tolerance())
    .addOption(new Option('--dry-run', 'only check the file'))
    .addOption(new Option('--reason <text>', 'why, kept with the lines'))
    .addOption(root())
    .addOption(format('pretty', 'json', 'csv'))
    .addHelpText('after', EVENTS + example('flight reconcile alpha-2027-03.csv --exchange alpha --tolerance 2'))
    .action(
      ending(async (file, options) =>
        (await import('../reconcile.ts')).reconcile(output, process.env, file, { ...options, now_ms: Date.now() }),
      ),
    )

  program
    .command('erase')
    .description('Takes a person out of the event log; amounts stay booked.')
    .requiredOption('--user <hash>', 'the keyed hash of the person, in hex')
    .addOption(new Option('--dry-run', 'say what would be taken out; write nothing'))
    .addOption(new Option('--reason <text>', 'why, for the record'))
    .addOption(root())
    .addOption(format('pretty', 'json'))
    .addHelpText('after', EVENTS + example('flight erase --user 5f1d0c2ab94e7733'))
    .action(ending(async options => (await import('../erase.ts')).erase(output, process.env, options)))
}

function reportName(text: string): string {
  if (!Object.hasOwn(REPORTS, text)) throw new InvalidArgumentError(`It is one of ${REPORT_NAMES.join(', ')}.`)
  return text
}

/** Days since 1970. */
function day(text: string): number {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(ms)) throw new InvalidArgumentError('A day is needed, such as 2027-03-01.')
  return ms / 86_400_000
}

function tolerance(): Option {
  return new Option('--tolerance <percent>', 'how far the two books may be apart').default(5).argParser(text => {
    if (!/^\d{1,2}(\.\d{1,4})?$/.test(text))
      throw new InvalidArgumentError('A number of percent is needed, such as 2.5.')
    return Number(text)
  })
}
