/** A bidder that serves nobody: it follows a channel in a hot copy, and counts auctions that never were. */
import { setTimeout as sleep } from 'node:timers/promises'
import { peekRecord } from '@flightplan/runtime/release/record.ts'
import { noCounts } from '@flightplan/runtime/rollout/counts.ts'
import type { HotCopy } from '@flightplan/runtime/store/port.ts'

export interface Fake {
  hot: HotCopy
  name: string
  /** Share of what the control answers that the canary does. */
  answers: number
  /** Of each arm, between two looks. */
  auctions: number
}

const LOOK_MS = 200

/** @returns ends it */
export function startFakeBidder({ hot, name, answers, auctions: perLook }: Fake): () => Promise<void> {
  let isOver = false
  let [sequence, looks] = [0, 0]
  const armOf = (share: number) => {
    const [auctions, answered] = [looks * perLook, Math.round(looks * perLook * 0.5 * share)]
    const latency = noCounts().latency.map((_, i) => (i === 3 ? auctions : 0))
    const sums = { auctions, answered, bids: answered, offered_nano: answered * 8_500_000, latency }
    return { ...noCounts(), ...sums, no_bids: { no_candidate: auctions - answered } }
  }
  const live = async (): Promise<void> => {
    const record = peekRecord((await hot.pointer('live')) ?? '')
    if (!record) return
    looks = record.sequence === sequence ? looks + 1 : 0
    sequence = record.sequence
    const at_ms = Date.now()
    await hot.ack({
      ...{
        bidder: name,
        channel: 'live',
        state: 'live',
        digest: record.live,
        sequence,
        load_ms: 1,
        code: '',
        text: '',
      },
      ...{ serving: record.live, from: hot.name, fetched_bytes: 0, last_good: '', last_good_at_ms: 0, at_ms },
    })
    if (record.canary === null) return
    await hot.reportCanary({
      ...{ bidder: name, channel: 'live', sequence, canary: record.canary, control: record.live, at_ms },
      ...{ share_ppm: record.share_ppm, since_ms: record.made_at_ms, line_items: [], tripped: [] },
      arms: { canary: armOf(answers), control: armOf(1) },
    })
  }
  const running = (async () => {
    while (!isOver) {
      await live().catch(() => {}) // a store that is away is there again later
      await sleep(LOOK_MS)
    }
  })()
  return async () => {
    isOver = true
    await running
  }
}
