import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseAuction } from '../../parse/parse.ts'
import { FULL_REQUEST } from './requests.ts'
import { shapeFaults } from './shape.ts'

const SEED = 20_260_611
const RUNS = 2_000

function holds(body: unknown): void {
  const auction = parseAuction(body)
  if (auction !== null) assert.deepEqual(shapeFaults(auction), [])
}

test(`any JSON is read or refused (seed ${SEED})`, () => {
  const bodies = fc.json({ maxDepth: 4 }).map(written => JSON.parse(written) as unknown)
  fc.assert(fc.property(bodies, holds), { seed: SEED, numRuns: RUNS })
})

/** Paths of every object field and list entry of a value. */
function pathsOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, [...path, name]))]
}

function replaced(value: unknown, path: readonly string[], by: unknown): unknown {
  const [name, ...rest] = path
  if (name === undefined) return by
  if (Array.isArray(value)) return value.map((entry, at) => (String(at) === name ? replaced(entry, rest, by) : entry))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, key === name ? replaced(inner, rest, by) : inner]),
  )
}

const WRONG = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -1,
    1e308,
    -1e308,
    2 ** 53,
    0.5,
    '',
    '1',
    'NaN',
    '1e999',
    '-0',
    [],
    {},
    [[]],
    [{}],
    [null],
  ),
  fc.jsonValue({ maxDepth: 2 }),
)

test(`a full request with any parts replaced by anything (seed ${SEED})`, () => {
  const change = fc.record({ path: fc.constantFrom(...pathsOf(FULL_REQUEST)), by: WRONG })
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), changes => {
      holds(changes.reduce<unknown>((body, { path, by }) => replaced(body, path, by), FULL_REQUEST))
    }),
    { seed: SEED, numRuns: RUNS },
  )
})

test('a deep request needs no deep stack', () => {
  const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`
  const body = JSON.parse(
    `{"id":"a","imp":[{"id":"1","banner":{"format":${deep}},"ext":${deep}}],"user":{"data":${deep}}}`,
  )
  holds(body)
})
