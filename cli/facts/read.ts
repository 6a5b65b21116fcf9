/** The facts that a command judges by. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Facts } from '@flightplan/contract/facts.ts'
import { NO_FACTS } from '@flightplan/engine/golden.ts'
import { MAX_FACTS_BYTES, mintFacts, readFacts } from '@flightplan/runtime/facts/facts.ts'
import { badInput } from '../exit.ts'
import type { Output } from '../output.ts'

/** Of the file; else the repository's example as of `now`, as `npm start` mints it; else none at all. */
export function factsFor(output: Output, root: string, { facts: file, now }: { facts?: string; now: number }): Facts {
  const example = join(root, 'facts/example.json')
  if (file !== undefined) return factsOf(file)
  if (existsSync(example)) {
    output.progress('facts: facts/example.json, dated as of the request')
    return mintFacts(factsOf(example), now)
  }
  output.progress('facts: none, so there are no exchange rates and no verdicts on creatives')
  return NO_FACTS
}

export function factsOf(file: string): Facts {
  const bytes = readFileSync(file)
  const { facts, faults } = readFacts(bytes.subarray(0, MAX_FACTS_BYTES + 1))
  if (!facts) throw badInput(`${file}: ${faults.map(({ path, message }) => `${path}: ${message}`).join('; ')}`)
  return facts
}
