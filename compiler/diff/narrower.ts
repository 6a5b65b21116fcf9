/** Whether targeting can only match less than before. Says no where it does not know. */
import { type LeafShape, WHERE_LEAVES, type Where } from '@flightplan/contract/schema/where.ts'

/** One condition of an AND: a leaf with its path, or an `any` or `not` as a whole. */
interface Condition {
  path: string
  value: unknown
}

/** Every condition of `was` follows from one of `is`; both lists are ANDed. */
export function narrows(was: readonly Where[], is: readonly Where[]): boolean {
  const after = is.flatMap(conditions)
  return was.flatMap(conditions).every(old => after.some(now => follows(old, now)))
}

function conditions(where: Where): Condition[] {
  const { all = [], any, not, ...groups } = where
  return [
    ...all.flatMap(conditions),
    ...(any ? [{ path: 'any', value: any }] : []),
    ...(not ? [{ path: 'not', value: not }] : []),
    ...leavesOf('', groups),
  ]
}

function leavesOf(prefix: string, value: unknown): Condition[] {
  if (Object.hasOwn(WHERE_LEAVES, prefix)) return [{ path: prefix, value }]
  return Object.entries(value as object).flatMap(([key, inner]) =>
    leavesOf(prefix === '' ? key : `${prefix}.${key}`, inner),
  ) // a group: its schema has only leaves below
}

function follows(old: Condition, now: Condition): boolean {
  if (old.path !== now.path) return false
  if (JSON.stringify(old.value) === JSON.stringify(now.value)) return true
  const shape: LeafShape | undefined = Object.hasOwn(WHERE_LEAVES, old.path)
    ? WHERE_LEAVES[old.path as keyof typeof WHERE_LEAVES]
    : undefined
  if (shape === 'one_of') return oneOfFollows(old.value, now.value)
  if (shape === 'any') return isPart(now.value, old.value)
  if (shape === 'all' || shape === 'none') return isPart(old.value, now.value)
  if (shape === 'at_most') return Number(now.value) <= Number(old.value)
  return shape === 'at_least' && Number(now.value) >= Number(old.value)
}

/** `[a]` follows from… `[a, b]` is true wherever `[a]` is; `{not: [a]}` wherever `{not: [a, b]}` is. */
function oneOfFollows(old: unknown, now: unknown): boolean {
  if (Array.isArray(old) && Array.isArray(now)) return isPart(now, old)
  const [before, after] = [notOf(old), notOf(now)]
  return before !== null && after !== null && isPart(before, after)
}

const notOf = (value: unknown): unknown[] | null =>
  typeof value === 'object' && value !== null && 'not' in value && Array.isArray(value.not) ? value.not : null

const isPart = (part: unknown, whole: unknown): boolean =>
  Array.isArray(part) && Array.isArray(whole) && part.every(one => whole.includes(one))

/** Whether targeting buys from an inventory list, stays out of it, or both. */
export function listPolarity(wheres: readonly Where[], id: string): { wanted: boolean; unwanted: boolean } {
  const found = { wanted: false, unwanted: false }
  const visit = (where: Where, isWanted: boolean): void => {
    const lists = where.inventory?.lists
    const excluded = notOf(lists)
    if (Array.isArray(lists) && lists.includes(id)) found[isWanted ? 'wanted' : 'unwanted'] = true
    if (excluded?.includes(id)) found[isWanted ? 'unwanted' : 'wanted'] = true
    for (const inner of [...(where.all ?? []), ...(where.any ?? [])]) visit(inner, isWanted)
    if (where.not) visit(where.not, !isWanted)
  }
  for (const where of wheres) visit(where, true)
  return found
}
