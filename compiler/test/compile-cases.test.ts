/**
 * Faults that need more than one file: each case is a folder of files laid over the repository of compile-tree.ts, and
 * expected.txt is what `flight validate` prints. UPDATE=1 writes expected.txt.
 */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { compileTree } from '../compile.ts'
import { renderPretty } from '../render/pretty.ts'
import { BASE, type Files, treeOf } from './compile-tree.ts'

const CASES = join(import.meta.dirname, 'compile-cases')

function filesOf(name: string): Files {
  const paths = readdirSync(join(CASES, name), { recursive: true, encoding: 'utf8' }).map(path =>
    path.replaceAll('\\', '/'),
  )
  const own = paths.filter(path => path !== 'expected.txt' && statSync(join(CASES, name, path)).isFile())
  return { ...BASE, ...Object.fromEntries(own.map(path => [path, readFileSync(join(CASES, name, path), 'utf8')])) }
}

for (const name of readdirSync(CASES)) {
  test(`case ${name}`, async () => {
    const files = filesOf(name)
    const { release, diagnostics } = await compileTree(treeOf(files), { now_ms: 0 })
    const text = renderPretty(diagnostics, { source: path => files[path] ?? '', color: false })
    const output = release ? `${text}compiled\n` : text
    const expected = join(CASES, name, 'expected.txt')
    if (process.env['UPDATE']) writeFileSync(expected, output)
    assert.equal(output, existsSync(expected) ? readFileSync(expected, 'utf8') : '')
    assert.equal(
      release === null,
      diagnostics.some(({ severity }) => severity === 'error'),
    )
  })
}
