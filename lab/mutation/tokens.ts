/**
 * Source text → tokens, for the mutator. The TypeScript that we use is erasable, so Node's own type stripping leaves
 * JavaScript at the same offsets: what is said of types, interfaces and type imports is blank before it is looked at.
 */
import { stripTypeScriptTypes } from 'node:module'

export interface Token {
  kind: 'name' | 'number' | 'string' | 'template' | 'regex' | 'punctuation'
  text: string
  /** Offset in the source; `end` is excluded. */
  start: number
  end: number
  /** True when it is the first of its line. */
  first: boolean
  /** Index of the bracket that closes or opens this one (a template with `${` too); -1 for all else. */
  pair: number
}

const SPACE = /(?:\s|\/\/.*|\/\*[\s\S]*?\*\/)*/y
const NAME = /#?[\p{ID_Start}$_][\p{ID_Continue}$]*/uy
const NUMBER = /(?:0[xob][\da-f_]+|(?:\d[\d_]*)?\.?\d[\d_]*(?:e[+-]?\d+)?)n?/iy
const STRING = /'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"/y
/** From a backtick, or from the brace that ends a substitution, to the next `${` or the last backtick. */
const TEMPLATE = /[`}](?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{)/y
const REGEX = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y
const PUNCTUATION =
  /\.\.\.|=>|>>>=?|(?:\*\*|<<|>>|&&|\|\||\?\?)=?|\?\.|\+\+|--|[!=]==?|[<>+\-*/%&|^]=|[{}()[\];,<>+\-*/%&|^!~?:=.@]/y

/** Behind these a `/` begins a regular expression, and a `-` or `+` is a sign. */
const OPERATOR_WORDS = new Set(['return', 'typeof', 'case', 'in', 'of', 'instanceof', 'new', 'void', 'throw', 'await'])

/** True when an operand ends with this token: a name, a literal, a closing bracket. */
export function endsOperand(token: Token | undefined): boolean {
  if (!token) return false
  if (token.kind === 'name') return !OPERATOR_WORDS.has(token.text)
  return token.kind !== 'punctuation' || [')', ']', '}'].includes(token.text)
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}

function next(code: string, at: number, last: Token | undefined, inTemplate: boolean): Pick<Token, 'kind' | 'text'> {
  const char = code[at] ?? ''
  if (char === '`' || (char === '}' && inTemplate)) return { kind: 'template', text: match(TEMPLATE, code, at) }
  if (char === "'" || char === '"') return { kind: 'string', text: match(STRING, code, at) }
  if (/\d/.test(char)) return { kind: 'number', text: match(NUMBER, code, at) }
  const name = match(NAME, code, at)
  if (name !== '') return { kind: 'name', text: name }
  if (char === '/' && !endsOperand(last)) return { kind: 'regex', text: match(REGEX, code, at) }
  return { kind: 'punctuation', text: match(PUNCTUATION, code, at) }
}

const opens = ({ kind, text }: Token) => (kind === 'template' ? text.endsWith('${') : /^[([{]$/.test(text))
const closes = ({ kind, text }: Token) => (kind === 'template' ? text.startsWith('}') : /^[)\]}]$/.test(text))

/** Tells a template's head its tail: what lies between belongs to the substitutions. */
function pair(tokens: Token[], index: number, open: number[]): void {
  const token = tokens[index]! // just pushed
  const head = closes(token) ? open.pop() : undefined
  if (opens(token)) open.push(token.kind === 'template' && head !== undefined ? head : index)
  else if (head !== undefined) {
    token.pair = head
    tokens[head]!.pair = index // an index of an earlier token
  }
}

/**
 * @param source TypeScript of the erasable kind
 * @throws Error where the text is no such program, or this scanner cannot read it
 */
export function tokensOf(source: string): Token[] {
  const code = stripTypeScriptTypes(source)
  const tokens: Token[] = []
  const open: number[] = []
  let at = 0
  while (true) {
    const space = match(SPACE, code, at)
    at += space.length
    if (at >= code.length) return tokens
    const inTemplate = tokens[open.at(-1) ?? -1]?.kind === 'template'
    const { kind, text } = next(code, at, tokens.at(-1), inTemplate)
    if (text === '') throw new Error(`no token at offset ${at}: ${code.slice(at, at + 20)}`)
    const first = tokens.length === 0 || space.includes('\n')
    tokens.push({ kind, text, start: at, end: at + text.length, first, pair: -1 })
    pair(tokens, tokens.length - 1, open)
    at += text.length
  }
}
