/** `flight facts import`: parts that sources deliver → one file of facts, checked as a bidder will check it. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Facts } from '@flightplan/contract/facts.ts'
import { NO_FACTS } from '@flightplan/engine/golden.ts'
import { factsDigest } from '@flightplan/runtime/facts/canonical.ts'
import { readFacts, writeFacts } from '@flightplan/runtime/facts/facts.ts'
import { badInput, EXIT, type ExitCode } from '../exit.ts'
import type { Output } from '../output.ts'
import { openRoot } from '../root.ts'
import { factsOf } from './read.ts'

export interface ImportOptions {
  root: string
  base?: string
  out?: string
  dryRun?: boolean
  now_ms: number
}

/** Below the root: what `import` writes and `publish` takes, unless they are told otherwise. */
export const FACTS_DRAFT = '.flight/facts.json'
const PARTS: ReadonlySet<string> = new Set(['rates', 'audits', 'deals', 'sellers', 'invalid_traffic'])

/** @param files JSON objects with some of the parts; each replaces that part of the base as a whole */
export function importFacts(output: Output, files: readonly string[], options: ImportOptions): ExitCode {
  const root = openRoot(options.root)
  const draft = join(root, FACTS_DRAFT)
  const base = options.base !== undefined || existsSync(draft) ? factsOf(options.base ?? draft) : NO_FACTS
  const merged = { ...base, ...Object.assign({}, ...files.map(partsIn)), made_at_ms: options.now_ms }
  const bytes = writeFacts({ ...merged, digest: factsDigest(merged) })
  const { facts, faults } = readFacts(bytes, base)
  if (!facts) throw badInput(faults.map(({ path, message }) => `${files.join(', ')}: ${path}: ${message}`).join('\n'))
  const out = options.out ?? draft
  if (!options.dryRun) {
    mkdirSync(dirname(out), { recursive: true })
    writeFileSync(out, bytes)
  }
  output.result(`${facts.digest}\n`)
  output.progress(`${options.dryRun ? 'would write' : 'wrote'} ${out}; next: flight facts publish`)
  return EXIT.ok
}

function partsIn(file: string): Partial<Facts> {
  let parts: unknown
  try {
    parts = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw badInput(`${file}: ${error instanceof Error ? error.message : error}`)
  }
  const strange = Object.keys(Object(parts)).filter(name => !PARTS.has(name))
  if (typeof parts !== 'object' || parts === null || Array.isArray(parts) || strange.length > 0)
    throw badInput(`${file}: ${strange.join(', ') || 'this'} is no part of facts: ${[...PARTS].join(', ')}`)
  return parts as Partial<Facts> // readFacts checks what is in them
}
