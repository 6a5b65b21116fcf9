/** `POST /debug/explain`: one at a time, on a thread of its own with less priority than those that serve. */
import type { Facts } from '@flightplan/contract/facts.ts'
import type { CounterMemory } from '../authority/counters.ts'
import { type Bounds, oneAnswer } from '../release/one-answer.ts'
import type { LoadedRelease } from '../release/verify.ts'
import type { ServedRelease } from './serving.ts'

/** What serves, with the budgets as they are spent. */
export interface Explained {
  release: ServedRelease & Pick<LoadedRelease, 'debug'>
  facts: Facts
  counters: CounterMemory
  profilesFile: string | null
}

/** Handed to the thread. */
export interface Question extends Explained {
  exchange: string
  request: unknown
  now_ms: number
}

export type Explanation = { status: 200; json: string } | { status: 429 | 500 | 503 | 504; text: string }

/** Walking 100,000 line items and writing down each takes some seconds where serving leaves little time. */
const BOUNDS: Bounds = { timeout_ms: 30_000, heap_mb: 1024 }
const THREAD = new URL('explain-thread.ts', import.meta.url)

/** Never rejects. @param current what serves now; null: nothing yet */
export function explainWith(current: () => Explained | null, now_ms: () => number, bounds = BOUNDS) {
  let isBusy = false
  return async (exchange: string, request: unknown): Promise<Explanation> => {
    const explained = current()
    if (!explained) return { status: 503, text: 'no release serves yet' }
    if (isBusy) return { status: 429, text: 'another request is being explained; ask again' }
    isBusy = true
    const outcome = await oneAnswer<string>(THREAD, { ...explained, exchange, request, now_ms: now_ms() }, bounds)
    isBusy = false
    if (outcome.ok) return { status: 200, json: outcome.answer }
    const text = `explaining it ${outcome.why === 'timeout' ? outcome.text : 'failed'}`
    return { status: outcome.why === 'timeout' ? 504 : 500, text }
  }
}
