/** Commands for those who write: check, build, explain, and change files. */

import { SHEET_FORMS } from '@flightplan/compiler/sheet/export.ts'
import { type Command, Option } from 'commander'
import { FORMATS, type Output } from '../output.ts'
import { collected, ending, example, format, now, root } from './options.ts'

export function addWriting(program: Command, output: Output): void {
  program
    .command('validate')
    .description('Reports every fault of the repository; compiles, but writes nothing.')
    .argument('[paths...]', 'report faults of these files and folders only; everything is read in any case')
    .addOption(root())
    .addOption(format(...FORMATS))
    .addHelpText('after', example('flight validate campaigns/acme --format github'))
    .action(ending(async (paths, options) => (await import('../validate.ts')).validate(output, paths, options)))

  program
    .command('test')
    .description('Runs the tests of the campaigns (files that begin with `test:`) through the engine.')
    .argument('[paths...]', 'run the tests of these files and folders only')
    .addOption(root())
    .addOption(format(...FORMATS))
    .addHelpText('after', example('flight test campaigns/acme --format github'))
    .action(
      ending(async (paths, options) => (await import('../test-campaigns.ts')).testCampaigns(output, paths, options)),
    )

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
    .action(ending(async options => (await import('../admit.ts')).admit(output, options)))

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
    .action(ending(async options => (await import('../build.ts')).build(output, process.env, options)))

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
    .action(
      ending(async (code, options) =>
        (await import('../explain.ts')).explain(output, code, { now: Date.now(), ...options }),
      ),
    )

  program
    .command('schema')
    .description('Prints the JSON Schema 2020-12 of a kind of file, or of all; --out writes a file for each.')
    .argument('[kind]', 'campaign, creative, exchange, …')
    .addOption(new Option('--out <dir>', 'folder for <kind>.json files, as the modelines of the YAML name it'))
    .addHelpText('after', example('flight schema --out .schema'))
    .action(ending(async (kind, options) => (await import('../schema.ts')).schema(output, kind, options.out)))

  program
    .command('fmt')
    .description('Rewrites YAML files in the one form; comments and the order of keys stay.')
    .argument('[paths...]', 'files and folders; all of the repository without')
    .addOption(root())
    .addOption(new Option('--check', 'change nothing; exit with 1 where a file is not in the one form'))
    .addHelpText('after', example('flight fmt --check campaigns'))
    .action(ending(async (paths, options) => (await import('../fmt.ts')).fmt(output, paths, options)))

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
    .action(ending(async options => (await import('../sheets.ts')).exportSheet(output, options)))

  program
    .command('import')
    .description('Writes the line items of a CSV into the YAML: what differs, in place; comments stay.')
    .argument('<file>', 'a sheet as flight export writes it')
    .option('--dry-run', 'only name the files that would change')
    .addOption(form())
    .addOption(root())
    .addHelpText('after', example('flight import spring.csv --dry-run'))
    .action(ending(async (file, options) => (await import('../sheets.ts')).importSheet(output, file, options)))

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
    .action(ending(async (id, options) => (await import('../clone.ts')).clone(output, id, options)))

  program
    .command('owners')
    .description('Writes .github/CODEOWNERS from `owner:` of advertisers, orders and campaigns.')
    .option('--check', 'change nothing; exit with 1 where the file is not what the YAML says')
    .addOption(root())
    .addHelpText('after', example('flight owners --check'))
    .action(ending(async options => (await import('../owners.ts')).owners(output, options)))

  program
    .command('init')
    .description('Makes a new repository with an example advertiser, policies, schemas and tests.')
    .argument('<dir>', 'a folder that is empty or not there')
    .addHelpText('after', example('flight init campaigns-of-ours'))
    .action(ending(async dir => (await import('../init.ts')).init(output, dir, Date.now())))
}
