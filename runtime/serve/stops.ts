/** A serving some of whose line items or exchanges are stopped: by the tripwire of a canary, or by people. */
import type { Pause } from '@flightplan/contract/channel.ts'
import type { ProcessAuthority } from '../authority/authority.ts'
import type { Serving } from './serving.ts'

export interface Stopped {
  serving: Serving
  /** Ids of `campaign/line_item`; those that the release does not have are passed over. */
  stop(isStopped: (id: string) => boolean): void
}

/** A stopped line item has no money left today, whatever it has. */
export function withStops(serving: Serving): Stopped {
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
  return {
    serving: { ...serving, authority },
    stop(isStopped) {
      for (let i = 0; i < stopped.length; i++) if (isStopped(strings.get(line_item.id_str[i]!))) stopped[i] = 1 // in range
    },
  }
}

/** The same serving where nothing is paused. */
export function withPauses(serving: Serving, pauses: readonly Pause[], now_ms: number): Serving {
  const held = new Set(pauses.filter(({ until_ms }) => until_ms > now_ms).map(({ what }) => what))
  if (held.size === 0) return serving
  const { serving: paused, stop } = withStops(serving)
  stop(id => held.has(id) || held.has(id.slice(0, id.indexOf('/'))))
  const exchanges = [...held].flatMap(what => (what.startsWith('exchange:') ? [what.slice('exchange:'.length)] : []))
  return { ...paused, stopped: new Set([...serving.stopped, ...exchanges]) }
}
