/** What the commands share: options, the words around their help, and how a verb ends the process. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { ExitCode } from '../exit.ts'

export const root = () => new Option('--root <dir>', 'the folder that holds flightplan.yaml').default('.')
export const format = (...choices: string[]) =>
  new Option('--format <format>', 'how to write the result to stdout').choices(choices).default('pretty')
export const now = (text: string) => new Option('--now <time>', text).argParser(instant)

export const channel = () => new Option('--channel <name>', 'the channel that bidders follow').default('live')
export const moving = (command: Command) =>
  command
    .addOption(channel())
    .addOption(new Option('--dry-run', 'say what would be done; write nothing'))
    .addOption(new Option('--reason <text>', 'why, for the history'))
    .addOption(new Option('--wait <seconds>', 'wait until every bidder serves it').argParser(seconds))
    .addOption(root())
    .addOption(format('pretty', 'json'))
export const STORES = `
Stores: DATABASE_URL (Postgres, the record) and REDIS_URL (the hot copy); a folder in the place of each that is not set,
STORE_DIR or .flight/store of the root. Keys: FLIGHT_SIGNING_KEY signs, FLIGHT_TRUSTED_KEYS are trusted.`

/** Commander passes arguments, options and the command; a verb returns how it ended. */
// biome-ignore lint/suspicious/noExplicitAny: commander's own signature; each verb states the options that it reads
export function ending(verb: (...args: any[]) => ExitCode | Promise<ExitCode>): (...args: any[]) => Promise<void> {
  return async (...args) => {
    process.exitCode = await verb(...args)
  }
}

export function example(...lines: string[]): string {
  return `\nExample:\n${lines.map(line => `  $ ${line}`).join('\n')}`
}

export function whole(flags: string, text: string, standard: number): Option {
  return new Option(flags, text).default(standard).argParser(word => {
    if (!/^\d{1,9}$/.test(word) || word === '0') throw new InvalidArgumentError('A whole number above 0 is needed.')
    return Number(word)
  })
}

/** An option that may be given more than once. */
export function collected(value: string, before: string[]): string[] {
  return [...before, value]
}

export function share(text: string): number {
  const value = Number(text)
  if (!(value > 0 && value <= 10)) throw new InvalidArgumentError('A share from above 0 to 10 is needed, such as 0.2.')
  return value
}

export function seconds(text: string): number {
  if (!/^\d{1,4}(\.\d+)?$/.test(text)) throw new InvalidArgumentError('A number of seconds is needed, such as 30.')
  return Number(text)
}

/** The zone must be written: a build must not depend on where it runs. */
export function instant(text: string): number {
  const isComplete = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text)
  const ms = isComplete ? Date.parse(text) : Number.NaN
  if (Number.isNaN(ms)) throw new InvalidArgumentError('A time with its zone is needed, such as 2027-03-01T12:00:00Z.')
  return ms
}
