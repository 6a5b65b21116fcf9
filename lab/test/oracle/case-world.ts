import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import type { Facts } from '@flightplan/contract/facts.ts'
import { parse, stringify } from 'yaml'
import { type Judgement, judge } from '../../oracle/oracle.ts'
import { readWorld, type SourceFile } from '../../oracle/world.ts'

export type Plain = { [key: string]: unknown }

/** A case of the tables in cases/; its words are merged into base.yaml. */
export interface Case extends Plain {
  name: string
  /** Kind → id → words to merge. */
  world?: Plain
  /** Targeting of line item `spring/a`. */
  where?: unknown
  /** Instead of `spring/a` alone: the line items of `spring`. */
  line_items?: Plain
  facts?: Plain
  request?: Plain
  /** Merged into the one imp of the base. */
  imp?: Plain
  at?: string
  exchange?: string
  profiles?: string[]
  predict?: { ctr: number; cvr: number }
  /** Is `spring/a` eligible? Or all that is expected. */
  expect: boolean | Expectation
}
export interface Expectation {
  reason?: string
  eligible?: string[]
  skipped?: Record<string, string>
  /** `line item` or `line item @ deal`, with the CPM of the bid where it matters: `spring/a = 5.5`. */
  winners?: string[]
}

const folder = new URL('cases/', import.meta.url)
const read = (name: string): unknown => parse(readFileSync(new URL(name, folder), 'utf8'))
const base = read('base.yaml') as Plain // a file of this folder

export const CASE_FILES: ReadonlyMap<string, readonly Case[]> = new Map(
  readdirSync(folder)
    .filter(name => name !== 'base.yaml')
    .map(name => [name, read(name) as Case[]]), // files of this folder
)

const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Objects merge, everything else replaces, null takes away. */
export function merge(under: unknown, over: unknown): unknown {
  if (!isPlain(under) || !isPlain(over)) return over
  const out: Plain = { ...under }
  for (const [key, value] of Object.entries(over)) {
    if (value === null) delete out[key]
    else out[key] = merge(under[key], value)
  }
  return out
}

/** The files that a world of kinds and ids stands for. */
export function filesOf(world: Plain): SourceFile[] {
  const { flightplan, ...kinds } = world
  const named = Object.entries(kinds).flatMap(([kind, files]) =>
    Object.entries(files as Plain).map(([id, file]) => ({
      path: `campaigns/${kind}/${id}.yaml`,
      text: stringify(file),
    })),
  )
  return [{ path: 'flightplan.yaml', text: stringify(flightplan) }, ...named]
}

const cpm = (nano: bigint) => Number(nano) / 1e6

export function judgeCase(given: Case): Judgement {
  const world = merge(base['world'], given.world ?? {}) as Plain // merged objects stay objects
  const own = given.line_items ?? { a: given.where === undefined ? {} : { where: given.where } }
  const kept = given.line_items ? { spring: { line_items: null } } : {}
  const campaigns = merge(merge(world['campaign'], kept), { spring: { line_items: own } })
  const request = merge(base['request'], given.request ?? {}) as Plain
  const imp = merge(base['imp'], given.imp ?? {})
  const prediction = given.predict ?? null
  return judge(
    readWorld(filesOf({ ...world, campaign: campaigns })),
    merge(base['facts'], given.facts ?? {}) as Facts, // the base is whole
    given.exchange ?? 'alpha',
    { imp: [imp], ...request },
    Date.parse(given.at ?? String(base['at'])),
    { predict: () => prediction, profiles: new Set(given.profiles ?? []) },
  )
}

function checkImps({ imps }: Judgement, expect: Expectation): void {
  const eligible = imps.flatMap(imp => imp.eligible.map(({ line_item }) => line_item))
  if (expect.eligible) assert.deepEqual(eligible, expect.eligible)
  for (const [item, reason] of Object.entries(expect.skipped ?? {})) {
    const reasons = imps.flatMap(imp => imp.skipped).filter(({ line_item }) => line_item === item)
    assert.deepEqual([...new Set(reasons.map(skip => skip.reason))], [reason], item)
  }
  const winners = imps.flatMap(imp => imp.winners)
  if (expect.winners) {
    const shown = winners.map(({ line_item, deal, price_nano }, i) => {
      const priced = expect.winners?.[i]?.includes(' = ') ? ` = ${cpm(price_nano)}` : ''
      return `${line_item}${deal === null ? '' : ` @ ${deal}`}${priced}`
    })
    assert.deepEqual(shown, expect.winners)
  }
}

/** Holds one case against the oracle. */
export function checkCase(given: Case): void {
  const judgement = judgeCase(given)
  if (typeof given.expect === 'boolean') {
    assert.equal(judgement.reason, null)
    const found = judgement.imps.some(imp => imp.eligible.some(({ line_item }) => line_item === 'spring/a'))
    assert.equal(found, given.expect, JSON.stringify(judgement.imps.map(imp => imp.skipped)))
  } else {
    assert.equal(judgement.reason, given.expect.reason ?? null)
    checkImps(judgement, given.expect)
  }
}
