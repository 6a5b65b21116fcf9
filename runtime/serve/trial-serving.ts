/** The canary's serving: as the live one, but its line items can be stopped one by one. */
import type { ProcessAuthority } from '../authority/authority.ts'
import type { Serving } from './serving.ts'

export interface Stops {
  /** By index of the line item. */
  stopped: Uint8Array
  /** Ids of `campaign/line_item`; those that the release does not have are passed over. */
  stop(ids: readonly string[]): void
}

/** A stopped line item has no money left today, whatever it has. */
export function withStops(serving: Serving): { serving: Serving; stops: Stops } {
  const { line_item, strings } = serving.engine.snapshot
  const stopped = new Uint8Array(line_item.id_str.length)
  const inner = serving.authority
  const authority: ProcessAuthority = {
    ...inner,
    at(now_ms) {
      inner.at(now_ms)
      return authority
    },
    lineItemDaily_nano: i => (stopped[i] === 1 ? 0 : inner.lineItemDaily_nano(i)),
  }
  const stop = (ids: readonly string[]): void => {
    const wanted = new Set(ids)
    for (let i = 0; i < stopped.length; i++) if (wanted.has(strings.get(line_item.id_str[i]!))) stopped[i] = 1 // in range
  }
  return { serving: { ...serving, authority }, stops: { stopped, stop } }
}
