/**
 * What a change adds, removes and changes, by kind and id: the least that admission rules need. Things are compared as
 * their views, so a comment or another order of keys is no change.
 */
import { isDeepStrictEqual } from 'node:util'
import type { World } from '../resolve/world.ts'
import { type View, viewOf } from './view.ts'

export const ADMITTED_KINDS = ['advertisers', 'orders', 'campaigns', 'line_items'] as const
export type AdmittedKind = (typeof ADMITTED_KINDS)[number]

/** Ids, sorted. */
export interface Changed {
  added: string[]
  removed: string[]
  changed: string[]
}
export type ChangeFacts = Record<AdmittedKind, Changed>

export function changeFacts(before: View, after: View): ChangeFacts {
  const of = (kind: AdmittedKind): Changed => {
    const [old, now] = [before[kind], after[kind]]
    const ids = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort()
    const has = (side: object, id: string) => Object.hasOwn(side, id)
    return {
      added: ids.filter(id => !has(old, id)),
      removed: ids.filter(id => !has(now, id)),
      changed: ids.filter(id => has(old, id) && has(now, id) && !isDeepStrictEqual(old[id], now[id])),
    }
  }
  return {
    advertisers: of('advertisers'),
    orders: of('orders'),
    campaigns: of('campaigns'),
    line_items: of('line_items'),
  }
}

/** Both views, of the advertisers that the change touches, and what it does to them. */
export function compareWorlds(before: World, after: World): { old: View; new: View; diff: ChangeFacts } {
  const everybody = new Set([...before.kinds.advertiser.keys(), ...after.kinds.advertiser.keys()])
  const [old, now] = [viewOf(before, everybody), viewOf(after, everybody)]
  const diff = changeFacts(old, now)
  const touched = new Set(ADMITTED_KINDS.flatMap(kind => advertisersOf(kind, diff[kind], old, now)))
  return { old: viewOf(before, touched), new: viewOf(after, touched), diff }
}

function advertisersOf(kind: AdmittedKind, { added, removed, changed }: Changed, old: View, now: View): string[] {
  const ids = [...added, ...removed, ...changed]
  if (kind === 'advertisers') return ids
  return ids.flatMap(id => [old[kind][id]?.advertiser, now[kind][id]?.advertiser]).filter(id => id !== undefined)
}
