/** `flight schema`: JSON Schema 2020-12 of the kinds of files, for editors. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { didYouMean } from '@flightplan/compiler/did-you-mean.ts'
import { isKind, jsonSchema, KINDS, type Kind } from '@flightplan/contract/schema/kinds.ts'
import { EXIT, type ExitCode, usage } from './exit.ts'
import { counted, type Output } from './output.ts'

/** Without `out`, one kind is printed, and all kinds are printed as one object by kind. */
export function schema(output: Output, word: string | undefined, out: string | undefined): ExitCode {
  const kinds = word === undefined ? KINDS : [kindOf(word)]
  if (out !== undefined) writeAll(output, kinds, out)
  else if (word === undefined) output.result(text(Object.fromEntries(KINDS.map(kind => [kind, jsonSchema(kind)]))))
  else output.result(text(jsonSchema(kindOf(word))))
  return EXIT.ok
}

function kindOf(word: string): Kind {
  if (isKind(word)) return word
  const near = didYouMean(word, KINDS)
  throw usage(`no kind "${word}"; ${near ? `did you mean "${near}"?` : `there are ${KINDS.join(', ')}`}`)
}

function writeAll(output: Output, kinds: readonly Kind[], out: string): void {
  mkdirSync(out, { recursive: true })
  for (const kind of kinds) {
    const path = join(out, `${kind}.json`)
    writeFileSync(path, text(jsonSchema(kind)))
    output.result(`${path}\n`)
  }
  output.progress(`${counted(kinds.length, 'schema')} written`)
}

const text = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`
