import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { applied, type Mutant, mutantsOf } from '../../mutation/mutants.ts'
import { found, stagesOf, TARGETS } from '../../mutation/targets.ts'
import { tokensOf } from '../../mutation/tokens.ts'

const ROOT = join(import.meta.dirname, '../../..')

/** What one kind of edit makes of a text. */
const made = (operator: string, source: string): string[] =>
  mutantsOf('a.ts', source).flatMap(mutant => (mutant.operator === operator ? [applied(source, mutant)] : []))

/** Operator, source, what becomes of it. */
const TABLE: readonly [string, string, string[]][] = [
  ['relational', 'x = a < b', ['x = a <= b', 'x = a >= b']],
  ['relational', 'x = a === b', ['x = a !== b']],
  ['logical', 'x = a && b', ['x = a || b']],
  ['logical', 'x = a ?? b', ['x = a && b']],
  ['side', 'x = f(a) && b.c(d, e) || g', ['x =  b.c(d, e) || g', 'x =  g', 'x = f(a)  || g', 'x = f(a) && b.c(d, e) ']],
  ['side', 'const f = () =>\n  a &&\n  b\nconst g = 1', ['const f = () =>\n  \n  b\nconst g = 1', 'const f = () =>\n  a \nconst g = 1']],
  ['not', 'x = !a', ['x = a']],
  ['not', 'x = a!.b', []],
  ['arithmetic', 'x = a + b * c', ['x = a - b * c', 'x = a + b / c']],
  ['arithmetic', "x = 'a' + b", []],
  ['arithmetic', 'x = `${a}` + b', []],
  ['arithmetic', 'x = a >>> 5', ['x = a << 5']],
  ['sign', 'x = -1', ['x = 1']],
  ['sign', 'x = a - 1', []],
  ['constant', 'x = [0, 1, 1_000, 2n, true, false]', [
    'x = [1, 1, 1_000, 2n, true, false]', 'x = [0, 0, 1_000, 2n, true, false]', 'x = [0, 1, 1001, 2n, true, false]',
    'x = [0, 1, 1_000, 3n, true, false]', 'x = [0, 1, 1_000, 2n, false, false]', 'x = [0, 1, 1_000, 2n, true, true]',
  ]],
  ['constant', 'x = a.true', []],
  ['outcome', "const f = () => (a ? null : 'seat')", ["const f = () => (a ? 'mutant' : 'seat')", 'const f = () => (a ? null : null)']],
  ['outcome', "x = { a: 'seat' }", []],
  ['outcome', "function f() {\n  return 'seat'\n}", ['function f() {\n  return null\n}']],
  ['condition', 'if (a) b()', ['if (true) b()']],
  ['condition', 'if (a) b()\nelse c()', ['if (true) b()\nelse c()', 'if (false) b()\nelse c()']],
  ['condition', 'x = a === b ? c : d', ['x = true ? c : d', 'x = false ? c : d']],
  ['statement', 'function f(a: A): B {\n  if (a) return b\n  g(a)\n  const c = 1\n  return c\n}', [
    'function f(a: A): B {\n  ;\n  g(a)\n  const c = 1\n  return c\n}',
    'function f(a: A): B {\n  if (a) return b\n  ;\n  const c = 1\n  return c\n}',
  ]],
  ['statement', 'function f() {\n  if (a) {\n    b()\n  } else c()\n}', ['function f() {\n  ;\n}', 'function f() {\n  if (a) {\n    ;\n  } else c()\n}']],
  ['statement', 'f()', []],
  ['method', 'x = Math.min(a, b)', ['x = Math.max(a, b)']],
  ['method', 'x = a.every(b)', ['x = a.some(b)']],
  ['negation', 'x = a && b.c(d)[0].includes(e)', ['x = a && !b.c(d)[0].includes(e)']],
  ['negation', 'x = !a.includes(b)', []],
  ['link', 'x = a.b().filter(c => c).map(d)', ['x = a.b().map(d)']],
  ['index', 'x = a[i]', ['x = a[i + 1]']],
  ['index', 'x = a[i + 1]', []],
  ['index', 'x = a[b.c]', ['x = a[(b.c) + 1]']],
  ['index', 'x = [i]', []],
] // biome-ignore format: a table

test('every kind of edit: what it makes, and what it leaves alone', () => {
  for (const [operator, source, wanted] of TABLE)
    assert.deepEqual(made(operator, source), wanted, `${operator}: ${source}`)
})

test('texts, comments, regular expressions, types and imports are no code', () => {
  const sources = [
    "x = 'a < b && 1'",
    'x = `a < b`',
    '// a < b',
    '/* 1 && 2 */',
    'x = /[/<1]&&\\/a+b/g',
    'interface A<B extends 1> { c?: true; d(e: 0 | 1): B }',
    'const a: Map<0, 1> = b as C<1>',
    "import * as a from 'b'",
    "import { type A, b } from '1'",
    'export type A = 0 | 1',
    'f<true>(a)',
  ]
  for (const source of sources) assert.deepEqual(mutantsOf('a.ts', source), [], source)
})

test('a template is code between its braces only', () => {
  assert.deepEqual(made('arithmetic', 'x = `a + ${b + c} - ${`d * ${e}`}`'), ['x = `a + ${b - c} - ${`d * ${e}`}`'])
  assert.deepEqual(made('side', 'x = `${a && b}c`'), ['x = `${ b}c`', 'x = `${a }c`'])
})

test('a slash divides behind an operand', () => {
  assert.deepEqual(made('arithmetic', 'x = a / b / c'), ['x = a * b / c', 'x = a / b * c'])
  assert.deepEqual(made('arithmetic', 'x = (a) / b'), ['x = (a) * b'])
})

test('lines and columns are those of the source, types and all', () => {
  const [mutant] = mutantsOf('a.ts', 'type A = 1\nconst a: A = b as number < c\n').filter(
    m => m.operator === 'relational',
  )
  const { line, col, before, after } = mutant ?? ({} as Mutant) // the next line fails without one
  assert.deepEqual([line, col], [2, 26])
  assert.deepEqual([before, after], ['const a: A = b as number < c', 'const a: A = b as number <= c'])
})

const targets = TARGETS.flatMap(({ files }) => found(ROOT, files))

test('every file to be mutated is read whole: its tokens and the space between make the text', () => {
  assert.ok(targets.length > 30, `only ${targets.length} files`)
  for (const path of targets) {
    const source = readFileSync(join(ROOT, path), 'utf8')
    const tokens = tokensOf(source)
    assert.ok(tokens.length > 20, path)
    for (const { text, start, end } of tokens) assert.equal(source.slice(start, end), text, path)
    const open = tokens.filter(({ kind, text, pair }) => kind === 'punctuation' && /[()[\]{}]/.test(text) && pair < 0)
    assert.deepEqual(open, [], `${path}: brackets without a partner`)
  }
})

test('the mutants of a file differ from it and from each other', () => {
  const [path = ''] = targets
  const source = readFileSync(join(ROOT, path), 'utf8')
  const texts = mutantsOf(path, source).map(mutant => applied(source, mutant))
  assert.ok(texts.length > 50)
  assert.equal(new Set([source, ...texts]).size, texts.length + 1)
})

test('every stage names tests that exist', () => {
  for (const target of TARGETS) for (const stage of stagesOf(ROOT, target)) assert.ok(stage.length > 0)
  assert.throws(() => stagesOf(ROOT, { files: [], stages: [['engine/test/none.test.ts']] }), /no test files engine/)
})
