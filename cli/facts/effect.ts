/** What other facts would do to money: recorded traffic through one release with both. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { compile } from '@flightplan/compiler/compile.ts'
import type { Facts } from '@flightplan/contract/facts.ts'
import { badInput } from '../exit.ts'
import { openLog } from '../plan/log.ts'
import { predict } from '../plan/prediction.ts'
import type { Row } from '../plan/rows.ts'
import { openSubject } from '../plan/subject.ts'
import { TRAFFIC_FILE } from '../traffic.ts'

export interface Effect {
  /** Of each currency of orders. */
  totals: Row[]
  /** The largest relative change of spend among them; null: there is no recorded traffic that tells it. */
  moved: number | null
}

/**
 * @param facts dated as of the log before they are compared: a recorded day is older than any rate may be
 * @throws Stop where the root does not compile
 */
export async function effectOf(
  root: string,
  facts: { live: Facts; next: Facts },
  traffic: string | undefined,
  fault: (text: string) => void,
): Promise<Effect> {
  const file = traffic ?? join(root, TRAFFIC_FILE)
  if (traffic === undefined && !existsSync(file)) return { totals: [], moved: null }
  const { release } = await compile(root, { now_ms: 0 })
  if (!release) throw badInput(`${root} does not compile: flight validate says why`)
  const log = openLog(file)
  const asOf = (all: Facts): Facts => ({ ...all, rates: { ...all.rates, at_ms: log.to_ms } })
  const base = await openSubject(release, asOf(facts.live), fault)
  const head = await openSubject(release, asOf(facts.next), fault)
  try {
    const { totals } = await predict(log, { base, head }, new Set(), 1)
    const isKnown = totals.every(({ spend_nano }) => spend_nano.evidence !== 'not supported')
    if (!isKnown) return { totals, moved: null }
    return { totals, moved: Math.max(0, ...totals.map(({ spend_nano }) => change(spend_nano.base, spend_nano.head))) }
  } finally {
    await base.close()
    await head.close()
  }
}

const change = (before: number, after: number): number =>
  before === after ? 0 : Math.abs(after - before) / Math.max(before, 1)
