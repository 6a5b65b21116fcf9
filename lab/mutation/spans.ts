/** How far operands and statements reach, by tokens: what a mutant takes away must be whole. */
import { endsOperand, type Token } from './tokens.ts'

const ASSIGNMENTS = [
  '=',
  '=>',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '|=',
  '&=',
  '^=',
  '&&=',
  '||=',
  '??=',
  '<<=',
  '>>=',
  '>>>=',
]
const SEPARATORS = [',', ';', '?', ':', ...ASSIGNMENTS]
/** What ends an operand of an operator: what binds less, and the operator itself. */
export const STOPS: Readonly<Record<string, ReadonlySet<string>>> = {
  '&&': new Set([...SEPARATORS, '&&', '||', '??']),
  '||': new Set([...SEPARATORS, '||', '??']),
  '??': new Set([...SEPARATORS, '||', '??']),
  '?': new Set(SEPARATORS),
}
const WORDS_BEFORE = new Set(['return', 'throw', 'case', 'else', 'yield', 'await', 'of', 'in', 'do'])
/** Punctuation that a line of a new statement may begin with, in code without semicolons. */
const STARTERS = new Set(['{', '}', '!', '++', '--', ';'])

export const isMark = (token: Token | undefined, text: string): boolean =>
  token?.kind === 'punctuation' && token.text === text

/** True when a new statement begins here, though no semicolon says so. */
export function beginsStatement(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at]
  if (!token?.first || !endsOperand(tokens[at - 1])) return false
  if (token.kind === 'punctuation') return STARTERS.has(token.text)
  return token.kind !== 'name' || !['in', 'of', 'instanceof'].includes(token.text)
}

const isOpening = ({ kind, text, pair }: Token, at: number): boolean =>
  pair > at || (kind === 'template' && pair < 0 && text.endsWith('${'))
const isClosing = ({ kind, text, pair }: Token, at: number): boolean =>
  (pair >= 0 && pair < at) || (kind === 'template' && pair < 0 && text.startsWith('}'))
const isStop = ({ kind, text }: Token, stops: ReadonlySet<string>): boolean => kind === 'punctuation' && stops.has(text)

/** Index behind the operand on the right of the operator at `at`. */
export function rightOf(tokens: readonly Token[], at: number, stops: ReadonlySet<string>): number {
  let end = at + 1
  for (let token = tokens[end]; token; token = tokens[end]) {
    if (isClosing(token, end) || isStop(token, stops) || (end > at + 1 && beginsStatement(tokens, end))) break
    end = Math.max(token.pair, end) + 1
  }
  return end
}

/** Index of the first token of the operand on the left of the operator at `at`. */
export function leftOf(tokens: readonly Token[], at: number, stops: ReadonlySet<string>): number {
  let start = at
  for (let token = tokens[start - 1]; token; token = tokens[start - 1]) {
    const isWord = token.kind === 'name' && WORDS_BEFORE.has(token.text)
    if (isWord || isOpening(token, start - 1) || isStop(token, stops) || beginsStatement(tokens, start)) break
    start = token.pair < 0 ? start - 1 : token.pair
  }
  return start
}

/** Index of the first token of `a.b(c)[d]` before the dot at `at`. */
export function chainOf(tokens: readonly Token[], at: number): number {
  const back = (from: number) => {
    const pair = tokens[from]?.pair ?? -1
    return pair >= 0 && pair < from ? pair : from
  }
  let start = back(at - 1)
  while (start > 0) {
    const before = tokens[start - 1]
    const isCall = (isMark(tokens[start], '(') || isMark(tokens[start], '[')) && !tokens[start]?.first
    if (isMark(before, '.') || isMark(before, '?.')) start = back(start - 2)
    else if (isCall && endsOperand(before)) start = back(start - 1)
    else break
  }
  return start
}

/** True when the colon at `at` belongs to a `? :`. */
export function isTernaryColon(tokens: readonly Token[], at: number): boolean {
  const start = leftOf(tokens, at, new Set([',', ';', '?', ...ASSIGNMENTS.filter(text => text !== '=>')]))
  return isMark(tokens[start - 1], '?')
}

/** True when the brace at `at` holds statements: not an object, a class or an import. */
export function isBlock(tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1]
  if (!isMark(tokens[at], '{') || !before) return false
  return [')', '=>'].some(text => isMark(before, text)) || ['else', 'try', 'finally', 'do'].includes(before.text)
}

/** Index behind the statement that begins at `at`. */
export function statementEnd(tokens: readonly Token[], at: number): number {
  const token = tokens[at]
  if (isMark(token, '{')) return (token?.pair ?? at) + 1
  if (token?.kind === 'name' && ['if', 'for', 'while'].includes(token.text)) {
    const body = statementEnd(tokens, (tokens[at + 1]?.pair ?? at) + 1)
    return token.text === 'if' && tokens[body]?.text === 'else' ? statementEnd(tokens, body + 1) : body
  }
  return rightOf(tokens, at, new Set([';']))
}
