/** The canary of a process: counts of its threads, line items that must stop, and the report to whoever leads the rollout. */
import { type CanaryReport, LATENCY_BOUNDS_MS } from '@flightplan/contract/rollout.ts'
import { openSnapshot } from '@flightplan/engine/snapshot.ts'
import type { Comparison } from './arm-metrics.ts'
import type { Pool, TrialWish } from './pool.ts'
import type { ServedRelease } from './serving.ts'
import type { ArmTally, TrialTally, TrialTerms } from './trial.ts'
import { tripsOf } from './tripwire.ts'

export interface CanaryOptions {
  pool: Pick<Pool, 'setTrial' | 'trialTally' | 'trip'>
  /** What serves beside it. */
  live(): ServedRelease | null
  names: { bidder: string; channel: string }
  send(report: CanaryReport): Promise<void>
  tripped(id: string, why: string): void
  every_ms: number
  now_ms(): number
}

export interface CanaryHost {
  set(trial: TrialWish | null): Promise<void>
  /** What both arms did so far; null: no canary is on. */
  comparison(): Promise<Comparison | null>
  stop(): void
}

/** Line items in a report, by what they spent. */
const TOLD = 200

export function openCanary(options: CanaryOptions): CanaryHost {
  let terms: TrialTerms | null = null
  let since_ms = 0
  let tripped: CanaryReport['tripped'] = []
  let isOld: (id: string) => boolean = () => true
  let isLooking = false

  const look = async (): Promise<void> => {
    const now = terms
    const tally = now && (await options.pool.trialTally())
    if (!now || !tally || now !== terms) return
    const at_ms = options.now_ms()
    const known = new Set(tripped.map(({ id }) => id))
    const more = tripsOf(tally, isOld, at_ms).filter(({ id }) => !known.has(id))
    if (more.length > 0) options.pool.trip(more.map(({ id }) => id))
    for (const { id, why } of more) options.tripped(id, why)
    tripped = [...tripped, ...more]
    const control = options.live()?.digest ?? ''
    const { canary, sequence, share_ppm } = now
    const about = { ...options.names, sequence, canary, control, share_ppm, since_ms, at_ms }
    await options.send({ ...about, ...figuresOf(tally), line_items: itemsOf(tally, tripped), tripped })
  }
  /** One at a time: a hot copy that is slow must not pile them up. */
  const lookOnce = (): void => {
    if (isLooking || !terms) return
    isLooking = true
    void look()
      .catch(() => {}) // told again soon; that it could not be is the store's fault to tell
      .then(() => {
        isLooking = false
      })
  }
  const timer = setInterval(lookOnce, options.every_ms)
  return {
    async set(trial) {
      if (trial?.terms.canary !== terms?.canary) {
        tripped = []
        isOld = idsOf(options.live())
      }
      terms = null
      await options.pool.setTrial(trial)
      terms = trial?.terms ?? null
      since_ms = options.now_ms()
    },
    async comparison() {
      const now = terms
      const tally = now && (await options.pool.trialTally())
      return tally && { tally, releases: { canary: now.canary, control: options.live()?.digest ?? '' } }
    },
    stop: () => clearInterval(timer),
  }
}

/** Looked up when the first one is asked for: 100,000 names take some 20 ms. */
function idsOf(release: ServedRelease | null): (id: string) => boolean {
  let ids: Set<string> | null = null
  return id => {
    if (ids === null) {
      const { line_item, strings } = release ? openSnapshot(release.snapshot) : { line_item: null, strings: null }
      ids = new Set(line_item ? Array.from(line_item.id_str, str => strings.get(str)) : [])
    }
    return ids.has(id)
  }
}

const figuresOf = ({ arms }: TrialTally): Pick<CanaryReport, 'arms'> => ({
  arms: { canary: countsOf(arms.canary), control: countsOf(arms.control) },
})

const countsOf = ({ items: _, no_bids, latency, ...sums }: ArmTally): CanaryReport['arms']['canary'] => ({
  ...{ ...sums, wins: 0, losses: 0, no_bids: Object.fromEntries(no_bids) },
  latency: Array.from({ length: LATENCY_BOUNDS_MS.length + 1 }, (_, i) => latency[i] ?? 0),
})

function itemsOf({ arms }: TrialTally, tripped: CanaryReport['tripped']): CanaryReport['line_items'] {
  const all = (['canary', 'control'] as const).flatMap(arm =>
    Array.from(arms[arm].items, ([id, { auctions: _, ...counts }]) => ({ id, arm, ...counts })),
  )
  const stopped = new Set(tripped.map(({ id }) => id))
  const byspend = all.sort((a, b) => b.spend_nano - a.spend_nano)
  return [...byspend.slice(0, TOLD), ...byspend.slice(TOLD).filter(({ id }) => stopped.has(id))]
}
