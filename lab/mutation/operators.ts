/** The kinds of edits. Each looks at one token and gives the edits that begin there; most give none. */
import type { Edit } from './mutants.ts'
import {
  beginsStatement,
  chainOf,
  isBlock,
  isMark,
  isTernaryColon,
  leftOf,
  rightOf,
  STOPS,
  statementEnd,
} from './spans.ts'
import { endsOperand, type Token } from './tokens.ts'

type Operator = (tokens: readonly Token[], at: number, source: string) => Edit[]

const replaced = ({ start, end }: Token, texts: readonly string[]): Edit[] => texts.map(text => ({ start, end, text }))

/** Tokens `from` up to `to` (excluded) become `text`. */
function spanned(tokens: readonly Token[], from: number, to: number, text: string): Edit[] {
  const [first, last] = [tokens[from], tokens[to - 1]]
  return first && last && from < to ? [{ start: first.start, end: last.end, text }] : []
}

const swaps =
  (kind: Token['kind'], table: Readonly<Record<string, readonly string[]>>): Operator =>
  (tokens, at) => {
    const token = tokens[at]
    return token?.kind === kind && Object.hasOwn(table, token.text) ? replaced(token, table[token.text] ?? []) : []
  }

const relational = swaps('punctuation', {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
})

const logical = swaps('punctuation', {
  '&&': ['||'],
  '||': ['&&'],
  '??': ['&&'],
  '&&=': ['||='],
  '||=': ['&&='],
})

/** One side of a condition goes: `a && b` → `a`, `b`. */
const side: Operator = (tokens, at) => {
  const token = tokens[at]
  const stops = token?.kind === 'punctuation' && token.text !== '?' ? STOPS[token.text] : undefined
  if (!stops) return []
  const left = leftOf(tokens, at, stops)
  return [...spanned(tokens, left, at + 1, ''), ...spanned(tokens, at, rightOf(tokens, at, stops), '')]
}

const not: Operator = (tokens, at) => (isMark(tokens[at], '!') ? spanned(tokens, at, at + 1, '') : [])

const ARITHMETIC = swaps('punctuation', {
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '+=': ['-='],
  '-=': ['+='],
  '<<': ['>>'],
  '>>': ['<<'],
  '>>>': ['<<'],
  '&': ['|'],
  '|': ['&'],
  '&=': ['|='],
  '|=': ['&='],
})
const isText = (token: Token | undefined) => token?.kind === 'string' || token?.kind === 'template'

/** Signs are the next operator's; what joins texts has no other arithmetic. */
const arithmetic: Operator = (tokens, at, source) =>
  endsOperand(tokens[at - 1]) && !isText(tokens[at - 1]) && !isText(tokens[at + 1])
    ? ARITHMETIC(tokens, at, source)
    : []

const sign: Operator = (tokens, at) =>
  isMark(tokens[at], '-') && !endsOperand(tokens[at - 1]) ? spanned(tokens, at, at + 1, '') : []

const constant: Operator = (tokens, at) => {
  const token = tokens[at]
  if (token?.kind === 'name' && !isMark(tokens[at - 1], '.') && !isMark(tokens[at + 1], ':')) {
    if (token.text === 'true') return replaced(token, ['false'])
    return token.text === 'false' ? replaced(token, ['true']) : []
  }
  if (token?.kind !== 'number') return []
  const suffix = token.text.endsWith('n') ? 'n' : ''
  const value = Number(token.text.replaceAll('_', '').replace(/n$/, ''))
  return replaced(token, [value === 1 ? `0${suffix}` : `${value + 1}${suffix}`])
}

/** A reason or nothing that is returned: `return null`, `? null : 'seat'`, `=> null`. */
const outcome: Operator = (tokens, at) => {
  const [before, token, after] = [tokens[at - 1], tokens[at], tokens[at + 1]]
  const isNull = token?.kind === 'name' && token.text === 'null'
  if (!token || (!isNull && token.kind !== 'string')) return []
  const isWhole = !after || beginsStatement(tokens, at + 1) || (after.pair >= 0 && after.pair < at)
  const isOperand = isMark(after, ',') || isMark(after, ':') || isMark(after, ';')
  const isValue =
    before?.text === 'return' ||
    ['?', '=>'].some(text => isMark(before, text)) ||
    (isMark(before, ':') && isTernaryColon(tokens, at - 1))
  return isValue && (isWhole || isOperand) ? replaced(token, [isNull ? "'mutant'" : 'null']) : []
}

/** `if (…)` and `… ? :` that no longer ask. An `if` without `else` that never holds is a statement that is gone. */
const condition: Operator = (tokens, at) => {
  const [token, head] = [tokens[at], tokens[at + 1]]
  if (isMark(token, '?')) {
    const left = leftOf(tokens, at, STOPS['?'] ?? new Set())
    return ['true', 'false'].flatMap(text => spanned(tokens, left, at, text))
  }
  if (!head || token?.kind !== 'name' || token.text !== 'if' || !isMark(head, '(')) return []
  const hasElse = tokens[statementEnd(tokens, head.pair + 1)]?.text === 'else'
  return (hasElse ? ['true', 'false'] : ['true']).flatMap(text => spanned(tokens, at + 2, head.pair, text))
}

const KEPT = new Set([
  'const',
  'let',
  'return',
  'function',
  'class',
  'case',
  'default',
  'else',
  'throw',
  'import',
  'export',
])

/** A statement inside a block goes, guards with what they guard. */
const statement: Operator = (tokens, at) => {
  const token = tokens[at]
  const begins = beginsStatement(tokens, at) || isBlock(tokens, at - 1) || (token?.first && isMark(tokens[at - 1], ':'))
  if (token?.kind !== 'name' || KEPT.has(token.text) || !begins || !isInBlock(tokens, at)) return []
  return spanned(tokens, at, statementEnd(tokens, at), ';')
}

function isInBlock(tokens: readonly Token[], at: number): boolean {
  let open = at - 1
  for (let token = tokens[open]; token && token.pair <= at; token = tokens[open])
    open = token.pair >= 0 ? Math.min(token.pair, open) - 1 : open - 1
  return isBlock(tokens, open)
}

const METHODS: Readonly<Record<string, string>> = {
  every: 'some',
  some: 'every',
  min: 'max',
  max: 'min',
  ceil: 'floor',
  floor: 'ceil',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
}
const isCall = (tokens: readonly Token[], at: number): boolean =>
  tokens[at]?.kind === 'name' && isMark(tokens[at - 1], '.') && isMark(tokens[at + 1], '(')

const method: Operator = (tokens, at) => {
  const token = tokens[at]
  if (!token || !isCall(tokens, at) || !Object.hasOwn(METHODS, token.text)) return []
  return replaced(token, [METHODS[token.text] ?? ''])
}

const ASKS = new Set(['includes', 'has', 'startsWith', 'hasOwn', 'isFinite', 'isArray'])

/** A question gets the other answer; where it is negated already, `not` does that. */
const negation: Operator = (tokens, at) => {
  if (!isCall(tokens, at) || !ASKS.has(tokens[at]?.text ?? '')) return []
  const start = chainOf(tokens, at - 1)
  const first = tokens[start]
  return first && !isMark(tokens[start - 1], '!') ? [{ start: first.start, end: first.start, text: '!' }] : []
}

const LINKS = new Set(['filter', 'sort', 'toSorted', 'trim', 'toLowerCase', 'toUpperCase', 'replace', 'slice'])

/** A link of a chain goes: `.filter(…)`, `.trim()`. */
const link: Operator = (tokens, at) =>
  isCall(tokens, at) && LINKS.has(tokens[at]?.text ?? '')
    ? spanned(tokens, at - 1, (tokens[at + 1]?.pair ?? at) + 1, '')
    : []

/** `list[i]` → `list[i + 1]`; a number in the brackets is a constant's. */
const index: Operator = (tokens, at, source) => {
  const token = tokens[at]
  if (!token || !isMark(token, '[') || token.first || !endsOperand(tokens[at - 1])) return []
  const inside = tokens.slice(at + 1, token.pair)
  if (inside.length === 0 || inside.some(({ kind }) => kind !== 'name' && kind !== 'punctuation')) return []
  const text = source.slice(token.end, tokens[token.pair]?.start)
  return spanned(tokens, at + 1, token.pair, inside.length === 1 ? `${text} + 1` : `(${text}) + 1`)
}

export const OPERATORS: Readonly<Record<string, Operator>> = {
  relational,
  logical,
  side,
  not,
  arithmetic,
  sign,
  constant,
  outcome,
  condition,
  statement,
  method,
  negation,
  link,
  index,
}
