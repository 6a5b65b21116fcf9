/** `flight status` and `flight drift`: what the fleet serves, and where Git, record, hot copy and fleet disagree. */
import { findDrift } from '@flightplan/runtime/publish/drift.ts'
import { type BidderStatus, fleetStatus } from '@flightplan/runtime/publish/fleet.ts'
import { syncHot } from '@flightplan/runtime/publish/sync.ts'
import { EXIT, type ExitCode, Stop } from './exit.ts'
import { headOf as gitHeadOf } from './git.ts'
import { counted, type Output } from './output.ts'
import { liveTimeOf } from './rollout/show.ts'
import { atDesk, type ChannelOptions, headOf, reached, signingOf } from './stores.ts'
import { table } from './table.ts'

const STATUS_VERSION = 1

export async function status(output: Output, env: NodeJS.ProcessEnv, options: ChannelOptions): Promise<ExitCode> {
  return atDesk(output, env, options, async desk => {
    const { store, hot, channel } = desk
    const record = await headOf(desk, output)
    const { bidders, from } = await reached('the record', fleetStatus(store, hot, channel, record, Date.now()))
    const [last] = await store.history(channel, 1)
    const [entry] = await store.rollouts(channel, 1)
    const rollout = entry?.rollout.sequence === record?.sequence ? entry?.rollout : undefined // another move is newer
    const told = {
      schemaVersion: STATUS_VERSION,
      channel,
      record,
      who: last?.who ?? null,
      verb: last?.verb ?? null,
      rollout: rollout ?? null,
      from,
      bidders,
    }
    if (options.format === 'json') output.result(`${JSON.stringify(told, null, 2)}\n`)
    else if (!record) output.result(`channel ${channel}: nothing was published\n`)
    else {
      const made = new Date(record.made_at_ms).toISOString()
      const canary = record.canary ? [`canary  ${record.canary} ${record.share_ppm / 10_000}%`] : []
      const head = [
        `channel ${channel}, record ${record.sequence}${record.pinned ? ', pinned' : ''}`,
        `live    ${record.live}`,
        ...canary,
        ...(rollout
          ? [`rollout ${rollout.phase === 'promoted' ? liveTimeOf(rollout) : `${rollout.id}, ${rollout.phase}`}`]
          : []),
        `by      ${last?.verb} of ${last?.who} at ${made}${record.reason ? `: ${record.reason}` : ''}`,
      ]
      output.result(`${[...head, '', ...table(ROWS(bidders))].join('\n')}\n`)
    }
    if (from === 'record') output.progress('the hot copy cannot be reached: this is what bidders said before')
    const behind = bidders.filter(({ isCurrent }) => !isCurrent).length
    output.progress(`${bidders.length - behind} of ${counted(bidders.length, 'bidder')} serve what was announced`)
    return EXIT.ok
  })
}

const ROWS = (bidders: readonly BidderStatus[]): string[][] => [
  ['bidder', 'state', 'serving', 'record', 'load', 'fetched', 'said', 'last good', ''],
  ...bidders.map(one => [
    ...[one.bidder, one.isStale ? 'silent' : one.state, one.serving.slice(0, 12) || '-', String(one.sequence)],
    ...[
      `${Math.round(one.load_ms)} ms`,
      `${one.fetched_bytes} B`,
      ago(one.age_ms),
      one.last_good_age_ms === null ? '-' : ago(one.last_good_age_ms),
    ],
    one.code ? `${one.code}: ${one.text}` : '',
  ]),
]

/** Whole units, the largest that fits. */
function ago(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000))
  if (s < 120) return `${s} s`
  return s < 7200 ? `${Math.round(s / 60)} min` : `${Math.round(s / 3600)} h`
}

export interface DriftOptions extends ChannelOptions {
  fix?: boolean
  dryRun?: boolean
  detailedExitcode?: boolean
}

export async function drift(output: Output, env: NodeJS.ProcessEnv, options: DriftOptions): Promise<ExitCode> {
  return atDesk(output, env, options, async desk => {
    const { store, hot, channel, root, trusted } = desk
    const record = await headOf(desk, output)
    if (!record) throw new Stop(EXIT.findings, `nothing was published to ${channel}`)
    const look = async () => {
      const { bidders } = await fleetStatus(store, hot, channel, record, Date.now())
      return findDrift({ channel, store, hot, record, bidders, head: gitHeadOf(root) })
    }
    const found = await reached('the record', look())
    if (options.fix && !options.dryRun) {
      signingOf(desk) // who may not announce may not repair
      const synced = await reached('the hot copy', syncHot(store, hot, channel, trusted))
      output.progress(
        `hot copy brought to record ${synced?.record.sequence}: ${counted(synced?.files ?? 0, 'file')} copied`,
      )
    }
    const rows = options.fix && !options.dryRun ? await reached('the record', look()) : found
    const drifting = rows.filter(row => row.drift !== '')
    if (options.format === 'json')
      output.result(`${JSON.stringify({ schemaVersion: STATUS_VERSION, channel, record, rows }, null, 2)}\n`)
    else
      output.result(
        `${table([['where', 'has', 'drift'], ...rows.map(row => [row.where, row.has, row.drift || 'none'])]).join('\n')}\n`,
      )
    output.progress(
      drifting.length === 0 ? 'no drift' : `${counted(drifting.length, 'place')} of ${rows.length} differ`,
    )
    return drifting.length > 0 && options.detailedExitcode ? EXIT.changes : EXIT.ok
  })
}
