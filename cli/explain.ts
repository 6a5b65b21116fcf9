/** `flight explain`: the long text of a code, or the funnel of a request. */
import { didYouMean } from '@flightplan/compiler/did-you-mean.ts'
import { ERRORS, isErrorCode } from '@flightplan/contract/errors.ts'
import { REASONS, type ReasonName } from '@flightplan/contract/reasons.ts'
import { EXIT, type ExitCode, usage } from './exit.ts'
import { explainRequest, type RequestOptions } from './explain-request.ts'
import type { Output } from './output.ts'

const EXPLAIN_VERSION = 1

interface Options extends Omit<RequestOptions, 'request'> {
  request?: string
}

export async function explain(output: Output, code: string | undefined, options: Options): Promise<ExitCode> {
  const { request } = options
  if (code !== undefined && request !== undefined) throw usage('explain takes a code or --request, not both')
  if (request !== undefined) return explainRequest(output, { ...options, request })
  if (code === undefined) throw usage('explain needs a code, such as FP3001, or --request FILE')
  output.result(explainCode(code, options.format))
  return EXIT.ok
}

function explainCode(word: string, format: RequestOptions['format']): string {
  const found = entryOf(word)
  if (found === null) throw usage(unknown(word))
  if (format === 'json') return `${JSON.stringify({ schemaVersion: EXPLAIN_VERSION, ...found }, null, 2)}\n`
  return `${found.code}: ${found.title}\n\n${wrapped(found.text)}\n`
}

/** A diagnostic by its code, or a reason by its name or number. */
function entryOf(word: string): { code: string; title: string; text: string } | null {
  const code = word.toUpperCase()
  if (isErrorCode(code)) return { code, ...ERRORS[code] }
  const name = REASON_NAMES.find(reason => reason === word.toLowerCase() || String(REASONS[reason].code) === word)
  if (!name) return null
  const { stage, text, nbr, code: number } = REASONS[name]
  return { code: `${number} ${name}`, title: text, text: `Judged at the stage "${stage}"; no-bid reason (nbr) ${nbr}.` }
}

const REASON_NAMES = Object.keys(REASONS) as ReasonName[] // keys of an object literal are its declared keys

function unknown(word: string): string {
  const near = didYouMean(word, [...Object.keys(ERRORS), ...REASON_NAMES])
  return `there is no code "${word}"${near ? `; did you mean "${near}"?` : '; docs/errors.md lists them'}`
}

/** At blanks, to the width of a page. */
function wrapped(text: string): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line !== '' && line.length + word.length > 98) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines.join('\n')
}
