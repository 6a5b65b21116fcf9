/** The command that writes what a cluster runs. */
import { type Command, Option } from 'commander'
import type { Output } from '../output.ts'
import { ending, example, root } from './options.ts'

export function addCluster(program: Command, output: Output): void {
  program
    .command('synth')
    .description(
      'Writes the objects of a cluster: bidders, Envoy, Kafka, ClickHouse, Redis, Postgres, rules, dashboards.',
    )
    .addOption(
      new Option('--env <name>', 'values of cdk8s/environments').choices(['dev', 'staging', 'prod']).default('dev'),
    )
    .addOption(new Option('--out <dir>', 'folder of the files (default: .flight/cluster/<env> of the root)'))
    .addOption(new Option('--check', 'write nothing; end with 2 where a file would differ'))
    .addOption(root())
    .addHelpText(
      'after',
      example('flight synth --env prod --out cluster', 'flight synth --env prod --out cluster --check'),
    )
    .action(ending(async options => (await import('../synth.ts')).synth(output, options)))
}
