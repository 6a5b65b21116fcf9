/** A test case → the request that it asks about, or why it cannot be asked. */
import type { LoadResult } from '@flightplan/compiler/load.ts'
import { besides } from '@flightplan/compiler/resolve/side-files.ts'
import type { ValidFileOf } from '@flightplan/compiler/validate.ts'
import type { Path } from '@flightplan/compiler/yaml-tree.ts'
import type { TestCase } from '@flightplan/contract/schema/campaign-test.ts'
import { parseAuction } from '@flightplan/engine/parse/parse.ts'
import type { Asked, Bench } from './bench.ts'
import type { Failure } from './judge.ts'

type TestFile = ValidFileOf<'test'>
type Conditions = Pick<TestCase, 'exchange' | 'at' | 'request' | 'request_file'>

export function questionOf(
  file: TestFile,
  name: string,
  bench: Pick<Bench, 'exchanges'>,
  side: LoadResult['side'],
): Asked | Failure {
  const one = file.value.cases[name]! // the caller goes through its keys
  const place = (key: keyof Conditions): Path => (one[key] === undefined ? [key] : ['cases', name, key])
  const cannot = (message: string, path: Path = ['cases', name]): Failure => ({ code: 'FP6002', path, message })
  const { exchange = file.value.exchange, at = file.value.at } = one
  if (exchange === undefined) return cannot('no exchange is named, here or at the top of the file')
  if (!bench.exchanges.has(exchange)) return cannot(`there is no exchange "${exchange}"`, place('exchange'))
  if (at === undefined) return cannot('no time is given: write `at:`, here or at the top of the file')
  const now_ms = Date.parse(at)
  if (Number.isNaN(now_ms)) return cannot(`there is no such time as ${at}`, place('at'))
  const base = requestOf(file, one, side, place, cannot)
  if ('code' in base) return base
  const request = one.with ? merge(base.request, one.with) : base.request
  const auction = () => parseAuction(structuredClone(request))
  if (!auction()) return cannot('the request is no bid request (an exchange would get 400)')
  return { exchange, now_ms, auction: () => auction()!, profile: one.profile ?? [] } // just read: the same each time
}

function requestOf(
  file: TestFile,
  one: TestCase,
  side: LoadResult['side'],
  place: (key: keyof Conditions) => Path,
  cannot: (message: string, path?: Path) => Failure,
): { request: unknown } | Failure {
  const from: Conditions = one.request || one.request_file ? one : file.value
  if (from.request && from.request_file) return cannot('both request and request_file are given', place('request_file'))
  if (from.request) return { request: from.request }
  if (!from.request_file) return cannot('no request is given: write `request:` or `request_file:`')
  const path = besides(file.file.path, from.request_file)
  const source = side.get(path)
  if (!source) return cannot(`there is no file ${path}`, place('request_file'))
  try {
    return { request: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(source.bytes)) }
  } catch (error) {
    return cannot(`${path} is not JSON: ${error instanceof Error ? error.message : error}`, place('request_file'))
  }
}

/** Maps merge, everything else replaces. */
export function merge(under: unknown, over: unknown): unknown {
  if (!isMap(under) || !isMap(over)) return over
  const out: Record<string, unknown> = Object.assign(Object.create(null), under)
  for (const [key, value] of Object.entries(over)) out[key] = key in under ? merge(under[key], value) : value
  return out
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
