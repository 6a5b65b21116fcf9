/** The command line: which verbs there are, what they take, and how they end. The work is in a file per verb. */
import { SHEET_FORMS } from '@flightplan/compiler/sheet/export.ts'
import { REPORT_NAMES, REPORTS } from '@flightplan/runtime/events/reports.ts'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { admit } from './admit.ts'
import { build } from './build.ts'
import { clone } from './clone.ts'
import { erase } from './erase.ts'
import { EXIT, type ExitCode, Stop } from './exit.ts'
import { explain } from './explain.ts'
import { fmt } from './fmt.ts'
import { init } from './init.ts'
import { FORMATS, openOutput, VERSION } from './output.ts'
import { owners } from './owners.ts'
import { PLAN_FORMATS, plan } from './plan.ts'
import { publish } from './publish.ts'
import { reconcile } from './reconcile.ts'
import { report } from './report.ts'
import { pin, rollback } from './rollback.ts'
import { schema } from './schema.ts'
import { exportSheet, importSheet } from './sheets.ts'
import { drift, status } from './status.ts'
import { testCampaigns } from './test-campaigns.ts'
import { generate, show } from './traffic.ts'
import { validate } from './validate.ts'

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
  8   a store cannot be reached, or not every bidder serves what was announced
  64  the command line asks for something that cannot be done
  70  a fault of flight itself; FLIGHT_DEBUG=1 shows where
  130 interrupted

Example:
  $ flight validate && flight build --out /var/lib/flightplan`,
  )

const root = () => new Option('--root <dir>', 'the folder that holds flightplan.yaml').default('.')
const format = (...choices: string[]) =>
  new Option('--format <format>', 'how to write the result to stdout').choices(choices).default('pretty')
const now = (text: string) => new Option('--now <time>', text).argParser(instant)

program
  .command('validate')
  .description('Reports every fault of the repository; compiles, but writes nothing.')
  .argument('[paths...]', 'report faults of these files and folders only; everything is read in any case')
  .addOption(root())
  .addOption(format(...FORMATS))
  .addHelpText('after', example('flight validate campaigns/acme --format github'))
  .action(ending((paths, options) => validate(output, paths, options)))

program
  .command('test')
  .description('Runs the tests of the campaigns (files that begin with `test:`) through the engine.')
  .argument('[paths...]', 'run the tests of these files and folders only')
  .addOption(root())
  .addOption(format(...FORMATS))
  .addHelpText('after', example('flight test campaigns/acme --format github'))
  .action(ending((paths, options) => testCampaigns(output, paths, options)))

program
  .command('admit')
  .description('Judges a change by the rules in policies/admission, those of its base; exit 3 when it is denied.')
  .requiredOption('--base <ref>', 'the commit or branch that the files are compared with')
  .option('--label <name>', 'a label of the pull request; may be given again', collected, [])
  .option('--author <owner>', 'who made the change, as `owner:` names them')
  .option('--approved-by <owner>', 'who approved it; may be given again', collected, [])
  .addOption(now('the time of the change, as 2027-03-01T12:00:00Z (default: that of the commit)'))
  .addOption(root())
  .addOption(format(...FORMATS))
  .addHelpText('after', example('flight admit --base origin/main --author @jana --approved-by @finance'))
  .action(ending(options => admit(output, options)))

program
  .command('build')
  .description('Compiles the repository to a release: <out>/<digest>/, and <out>/current names it.')
  .addOption(root())
  .addOption(new Option('--out <dir>', 'channel folder (default: .flight/release of the root)'))
  .addOption(now('the time of the build, as 2027-03-01T12:00:00Z (default: the time of the commit)'))
  .addOption(new Option('--key <file>', 'PEM of an Ed25519 private key (default: $FLIGHT_SIGNING_KEY)'))
  .addOption(new Option('--watch', 'build again whenever a file changes, until interrupted'))
  .addOption(new Option('--stats', 'counts, milliseconds per stage and sizes too'))
  .addOption(format(...FORMATS))
  .addHelpText(
    'after',
    example('flight build --out /var/lib/flightplan --key release.pem --stats', 'flight build --watch'),
  )
  .action(ending(options => build(output, process.env, options)))

program
  .command('explain')
  .description('Explains a code that flight printed, or why a bid request gets the bids that it gets.')
  .argument('[code]', 'a diagnostic such as FP3001, or a reason such as below_floor or 233')
  .addOption(new Option('--request <file>', 'an OpenRTB bid request as JSON; - reads stdin'))
  .addOption(new Option('--exchange <id>', 'the exchange that sends it; needed where the repository has several'))
  .addOption(new Option('--facts <file>', 'facts to judge by (default: facts/example.json, dated as of --now)'))
  .addOption(now('when the request comes, as 2027-03-01T12:00:00Z (default: the current time)'))
  .addOption(root())
  .addOption(format('pretty', 'json'))
  .addHelpText('after', example('flight explain FP3001', 'flight explain --request request.json --exchange alpha'))
  .action(ending((code, options) => explain(output, code, { now: Date.now(), ...options })))

program
  .command('plan')
  .description('Shows what a change does: to the configuration, to money, and to recorded auctions.')
  .addOption(root())
  .addOption(new Option('--base <ref>', 'what to compare with: a commit, a branch or a folder').default('HEAD'))
  .addOption(new Option('--traffic <file>', 'a traffic log (default: .flight/traffic.ndjson.gz of the root, if there)'))
  .addOption(new Option('--facts <file>', 'facts to judge by (default: facts/example.json, dated as of the log)'))
  .addOption(new Option('--out <file>', 'saves the plan as JSON, bound to what it is of'))
  .addOption(new Option('--check <file>', 'only says whether a saved plan is still right; exit 5 when it is stale'))
  .addOption(new Option('--detailed-exitcode', 'exit with 2 when there are changes'))
  .addOption(whole('--seed <n>', 'of the intervals and of the examples shown', 1))
  .addOption(format(...PLAN_FORMATS))
  .addHelpText('after', example('flight plan --base origin/main --traffic day.ndjson.gz --format markdown'))
  .action(ending(options => plan(output, options)))

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
  .action(ending(options => generate(output, options)))

traffic
  .command('show')
  .description('Prints the request of one recorded auction.')
  .argument('<file>', 'a log, NDJSON or gzip')
  .argument('<auction>', 'its number in the log')
  .addHelpText('after', example('flight traffic show day.ndjson.gz 17 | flight explain --request - --exchange alpha'))
  .action(ending((file, auction) => show(output, file, auction)))

program
  .command('schema')
  .description('Prints the JSON Schema 2020-12 of a kind of file, or of all; --out writes a file for each.')
  .argument('[kind]', 'campaign, creative, exchange, …')
  .addOption(new Option('--out <dir>', 'folder for <kind>.json files, as the modelines of the YAML name it'))
  .addHelpText('after', example('flight schema --out .schema'))
  .action(ending((kind, options) => schema(output, kind, options.out)))

program
  .command('fmt')
  .description('Rewrites YAML files in the one form; comments and the order of keys stay.')
  .argument('[paths...]', 'files and folders; all of the repository without')
  .addOption(root())
  .addOption(new Option('--check', 'change nothing; exit with 1 where a file is not in the one form'))
  .addHelpText('after', example('flight fmt --check campaigns'))
  .action(ending((paths, options) => fmt(output, paths, options)))

const channel = () => new Option('--channel <name>', 'the channel that bidders follow').default('live')
const moving = (command: Command) =>
  command
    .addOption(channel())
    .addOption(new Option('--dry-run', 'say what would be done; write nothing'))
    .addOption(new Option('--reason <text>', 'why, for the history'))
    .addOption(new Option('--wait <seconds>', 'wait until every bidder serves it').argParser(seconds))
    .addOption(root())
    .addOption(format('pretty', 'json'))
const STORES = `
Stores: DATABASE_URL (Postgres, the record) and REDIS_URL (the hot copy); a folder in the place of each that is not set,
STORE_DIR or .flight/store of the root. Keys: FLIGHT_SIGNING_KEY signs, FLIGHT_TRUSTED_KEYS are trusted.`

moving(program.command('publish'))
  .description('Records a release, copies it to where bidders read, and moves the channel to it.')
  .argument('[release]', 'a release or channel folder, or a published digest (default: what flight build built last)')
  .addHelpText('after', STORES + example('flight publish .flight/release --reason "spring sale" --wait 30'))
  .action(ending((what, options) => publish(output, process.env, what, options)))

moving(program.command('rollback'))
  .description('Moves the channel back to an earlier release and pins it there. Spend stays as it is.')
  .argument('[digest]', 'a published release, or the first digits (default: the one that served before)')
  .addHelpText('after', STORES + example('flight rollback --reason "bid rate halved"'))
  .action(ending((digest, options) => rollback(output, process.env, digest, options)))

moving(program.command('pin'))
  .description('Holds the channel where it is: flight publish is refused until flight unpin.')
  .addHelpText('after', STORES + example('flight pin --reason "sale weekend"'))
  .action(ending(options => pin(output, process.env, true, options)))

moving(program.command('unpin'))
  .description('Lets the channel move again.')
  .addHelpText('after', STORES + example('flight unpin --reason "reverted in Git"'))
  .action(ending(options => pin(output, process.env, false, options)))

program
  .command('status')
  .description('Shows for each bidder what it serves, whether it took what was announced, and why not.')
  .addOption(channel())
  .addOption(root())
  .addOption(format('pretty', 'json'))
  .addHelpText('after', STORES + example('flight status --format json'))
  .action(ending(options => status(output, process.env, options)))

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
  .action(ending(options => drift(output, process.env, options)))
const form = () => new Option('--form <form>', 'own, or one like a DV360 SDF').choices(SHEET_FORMS).default('own')

program
  .command('export')
  .description('Writes line items as CSV, one a row, every field in a cell; flight import takes it back.')
  .option('--csv', 'as CSV, which is the only form so far', true)
  .option('--campaign <id>', 'only those of this campaign; may be given again', collected, [])
  .option('--out <file>', 'a file to write to (default: stdout)')
  .addOption(form())
  .addOption(root())
  .addHelpText('after', example('flight export --csv --campaign acme-spring --out spring.csv'))
  .action(ending(options => exportSheet(output, options)))

program
  .command('import')
  .description('Writes the line items of a CSV into the YAML: what differs, in place; comments stay.')
  .argument('<file>', 'a sheet as flight export writes it')
  .option('--dry-run', 'only name the files that would change')
  .addOption(form())
  .addOption(root())
  .addHelpText('after', example('flight import spring.csv --dry-run'))
  .action(ending((file, options) => importSheet(output, file, options)))

program
  .command('clone')
  .description('Copies a campaign under another id, as a draft, with every date moved into its own flight.')
  .argument('<campaign>', 'id of the campaign to copy')
  .requiredOption('--as <id>', 'id of the copy')
  .requiredOption('--start <time>', 'first minute, as 2027-03-01 or "2027-03-01 06:00", in the zone of the campaign')
  .requiredOption('--end <time>', 'last minute, likewise')
  .option('--dry-run', 'only name the files that would be written')
  .addOption(root())
  .addHelpText('after', example('flight clone acme-spring --as acme-summer --start 2027-06-01 --end 2027-08-31'))
  .action(ending((id, options) => clone(output, id, options)))

program
  .command('owners')
  .description('Writes .github/CODEOWNERS from `owner:` of advertisers, orders and campaigns.')
  .option('--check', 'change nothing; exit with 1 where the file is not what the YAML says')
  .addOption(root())
  .addHelpText('after', example('flight owners --check'))
  .action(ending(options => owners(output, options)))

program
  .command('init')
  .description('Makes a new repository with an example advertiser, policies, schemas and tests.')
  .argument('<dir>', 'a folder that is empty or not there')
  .addHelpText('after', example('flight init campaigns-of-ours'))
  .action(ending(dir => init(output, dir, Date.now())))

program
  .command('report')
  .description(`Prints what happened, with up to when it is complete: ${REPORT_NAMES.join(', ')}.`)
  .argument('[name]', 'which report', reportName, 'delivery')
  .addOption(new Option('--since <day>', 'first day, as 2027-03-01 (default: six days before the last)').argParser(day))
  .addOption(new Option('--until <day>', 'last day (default: today in UTC)').argParser(day))
  .option('--campaign <id>', 'of this campaign only')
  .option('--spool <dir>', 'read this folder of events before; may be given again', collected, [])
  .addOption(tolerance())
  .addOption(root())
  .addOption(format('pretty', 'json', 'csv'))
  .addHelpText('after', example('flight report spend --since 2027-03-01 --campaign acme-spring --format csv'))
  .action(ending((name, options) => report(output, process.env, name, { ...options, now_ms: Date.now() })))

program
  .command('reconcile')
  .description("Takes in an exchange's own report and holds it against the books; exit 1 above the tolerance.")
  .argument('<file>', 'CSV with the columns day (UTC), format, currency, impressions, spend')
  .requiredOption('--exchange <id>', 'whose it is')
  .addOption(tolerance())
  .addOption(root())
  .addOption(format('pretty', 'json', 'csv'))
  .addHelpText('after', example('flight reconcile alpha-2027-03.csv --exchange alpha --tolerance 2'))
  .action(ending((file, options) => reconcile(output, process.env, file, { ...options, now_ms: Date.now() })))

program
  .command('erase')
  .description('Takes a person out of the event log; amounts stay booked.')
  .requiredOption('--user <hash>', 'the keyed hash of the person, in hex')
  .addOption(root())
  .addOption(format('pretty', 'json'))
  .addHelpText('after', example('flight erase --user 5f1d0c2ab94e7733'))
  .action(ending(options => erase(output, process.env, options)))

/** Commander passes arguments, options and the command; a verb returns how it ended. */
// biome-ignore lint/suspicious/noExplicitAny: commander's own signature; each verb states the options that it reads
function ending(verb: (...args: any[]) => ExitCode | Promise<ExitCode>): (...args: any[]) => Promise<void> {
  return async (...args) => {
    process.exitCode = await verb(...args)
  }
}

function example(...lines: string[]): string {
  return `\nExample:\n${lines.map(line => `  $ ${line}`).join('\n')}`
}

function whole(flags: string, text: string, standard: number): Option {
  return new Option(flags, text).default(standard).argParser(word => {
    if (!/^\d{1,9}$/.test(word) || word === '0') throw new InvalidArgumentError('A whole number above 0 is needed.')
    return Number(word)
  })
}

/** An option that may be given more than once. */
function collected(value: string, before: string[]): string[] {
  return [...before, value]
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

function seconds(text: string): number {
  if (!/^\d{1,4}(\.\d+)?$/.test(text)) throw new InvalidArgumentError('A number of seconds is needed, such as 30.')
  return Number(text)
}

/** The zone must be written: a build must not depend on where it runs. */
function instant(text: string): number {
  const isComplete = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text)
  const ms = isComplete ? Date.parse(text) : Number.NaN
  if (Number.isNaN(ms)) throw new InvalidArgumentError('A time with its zone is needed, such as 2027-03-01T12:00:00Z.')
  return ms
}

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
