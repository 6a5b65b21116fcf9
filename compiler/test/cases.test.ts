import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { sourceFile } from '../load.ts'
import { parseFile } from '../parse.ts'
import { renderPretty } from '../render/pretty.ts'
import { validateFile } from '../validate.ts'

const CASES = new URL('cases/', import.meta.url)

/** One folder per case: input.yaml, and expected.txt as `flight validate` prints it. UPDATE=1 writes expected.txt. */
for (const name of readdirSync(CASES)) {
  test(`case ${name}`, () => {
    const input = readFileSync(new URL(`${name}/input.yaml`, CASES))
    const { file, diagnostics } = parseFile(sourceFile('input.yaml', input))
    const { valid, diagnostics: shape } = validateFile(file)
    const all = [...diagnostics, ...shape]
    const errors = all.filter(diagnostic => diagnostic.severity === 'error')
    const text = renderPretty(all, { source: () => file.text, color: false })
    const output = text === '' ? `${valid?.kind} ${valid?.id} is valid\n` : text
    const expected = new URL(`${name}/expected.txt`, CASES)
    if (process.env['UPDATE']) writeFileSync(expected, output)
    assert.equal(output, readFileSync(expected, 'utf8'))
    assert.ok(valid || errors.length > 0, 'a file that is not valid has an error')
  })
}
