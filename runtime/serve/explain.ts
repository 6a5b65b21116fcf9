/** Explains a request on the process's main thread, which serves nothing: walking every line item takes milliseconds. */
import type { Facts } from '@flightplan/contract/facts.ts'
import type { LoadedRelease } from '../release/verify.ts'

/** Null: nothing serves yet. */
export function explainWith(current: () => { release: LoadedRelease; facts: Facts } | null, now_ms: () => number) {
  return async (exchange: string, request: unknown): Promise<unknown> => {
    const serving = current()
    if (!serving) return null
    void exchange
    void request
    void now_ms
    return { error: 'this build explains nothing yet' }
  }
}
