/** What the command line asks for. */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'

export interface Options {
  seed: number
  mutants: number
  /** Glob over paths from the root. */
  files: string
  jobs: number
  minutes: number
  format: 'text' | 'json'
}

const DEFAULT_MUTANTS = 300

/** @throws Error with the option that cannot be used */
export function optionsOf(args: readonly string[]): Options {
  const text = { type: 'string' } as const
  const options = { seed: text, mutants: text, files: text, jobs: text, minutes: text, format: text }
  const { values } = parseArgs({ args: [...args], options })
  const number = (name: 'seed' | 'mutants' | 'jobs' | 'minutes', otherwise: number, least: number): number => {
    const value = values[name] === undefined ? otherwise : Number(values[name])
    if (value >= least && (Number.isInteger(value) || value === otherwise)) return value
    throw new Error(`--${name} is a whole number from ${least}, not ${values[name]}`)
  }
  const { files = '**', format = 'text' } = values
  if (format !== 'text' && format !== 'json') throw new Error(`--format is text or json, not ${format}`)
  return {
    seed: number('seed', 1, 0),
    mutants: number('mutants', DEFAULT_MUTANTS, 1),
    jobs: number('jobs', availableParallelism(), 1),
    minutes: number('minutes', Number.POSITIVE_INFINITY, 1),
    files,
    format,
  }
}
