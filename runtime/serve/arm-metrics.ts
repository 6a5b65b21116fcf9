/** /metrics of a canary: the same counts of both arms, side by side. They begin anew with each step of a rollout. */
import { type MetricName, metricName } from '@flightplan/contract/infra.ts'
import { type Arm, LATENCY_BOUNDS_MS } from '@flightplan/contract/rollout.ts'
import { type Metric, metric, type Sample } from './metric.ts'
import type { ArmTally, TrialTally } from './trial.ts'

export interface Comparison {
  tally: TrialTally
  /** Digest of the release that each arm is decided by. */
  releases: Record<Arm, string>
}

const COUNTS = {
  arm_auctions_total: ['Auctions that had an arm', arm => arm.auctions],
  arm_answers_with_bid_total: ['Of those, answered with at least one bid', arm => arm.answered],
  arm_bids_total: ['Bids made', arm => arm.bids],
  arm_faults_total: ['Faults of our own', arm => arm.faults],
  arm_late_total: ['Decisions that came too late to be sent', arm => arm.late],
  arm_offered_nano_total: ['Sum of bid prices, nano of USD', arm => arm.offered_nano],
} satisfies Partial<Record<MetricName, [string, (arm: ArmTally) => number]>>

export function ofArms({ tally, releases }: Comparison): Metric[] {
  const each = (value: (arm: ArmTally) => Omit<Sample, 'labels'> & { labels?: Record<string, string> }): Sample[] =>
    (['canary', 'control'] as const).map(arm => {
      const { labels, ...sample } = value(tally.arms[arm])
      return { ...sample, labels: { arm, release: releases[arm], ...labels } }
    })
  const named = Object.entries(COUNTS) as [keyof typeof COUNTS, (typeof COUNTS)[keyof typeof COUNTS]][] // the literal's keys
  const counts = named.map(([name, [help, value]]) =>
    metric(
      'counter',
      name,
      help,
      each(arm => ({ value: value(arm) })),
    ),
  )
  const name = metricName('arm_decision_ms')
  const buckets = [...LATENCY_BOUNDS_MS.map(String), '+Inf'].flatMap((le, i) =>
    each(arm => ({
      value: arm.latency.subarray(0, i + 1).reduce((sum, n) => sum + n, 0),
      ...{ labels: { le }, metricName: `${name}_bucket` },
    })),
  )
  const count = each(arm => ({ value: arm.auctions, metricName: `${name}_count` }))
  return [...counts, metric('histogram', 'arm_decision_ms', 'Time of a decision', [...buckets, ...count])]
}
