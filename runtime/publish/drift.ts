/** Git, the record, the hot copy and the bidders: where they disagree. */
import type { ChannelRecord } from '@flightplan/contract/channel.ts'
import type { Manifest } from '@flightplan/contract/release.ts'
import { peekRecord } from '../release/record.ts'
import type { HotCopy, ReleaseStore } from '../store/port.ts'
import type { BidderStatus } from './fleet.ts'

export interface DriftRow {
  /** `git`, `record`, `hot copy`, or a bidder's name. */
  where: string
  /** What it has: a digest with its sequence, or a commit. */
  has: string
  /** '' where it is as announced. */
  drift: string
}

export interface DriftInput {
  channel: string
  store: ReleaseStore
  hot: HotCopy | null
  record: ChannelRecord
  bidders: readonly BidderStatus[]
  /** Of the repository; null outside of Git. */
  head: { commit: string; dirty: boolean } | null
}

export async function findDrift(input: DriftInput): Promise<DriftRow[]> {
  const { channel, store, record, head, bidders } = input
  const sealed = await store.manifest(channel, record.live)
  const manifest = sealed && (JSON.parse(Buffer.from(sealed.manifest).toString('utf8')) as Manifest) // was verified
  const rows: DriftRow[] = []
  if (head) rows.push(gitRow(head, manifest?.commit ?? ''))
  rows.push({
    where: 'record',
    has: nameOf(record),
    drift: manifest
      ? await missingFiles(manifest, sha256 => isInRecord(input, sha256, manifest))
      : 'the release is missing',
  })
  if (input.hot) rows.push(await hotRow(input, input.hot, manifest))
  return [...rows, ...bidders.map(bidderRow)]
}

const nameOf = ({ live, sequence }: ChannelRecord): string => `${live.slice(0, 12)} #${sequence}`

function gitRow({ commit, dirty }: { commit: string; dirty: boolean }, announced: string): DriftRow {
  const has = `${commit.slice(0, 12)}${dirty ? ' with changes' : ''}`
  if (commit !== announced)
    return { where: 'git', has, drift: `announced is commit ${announced.slice(0, 12) || '(none)'}` }
  return { where: 'git', has, drift: dirty ? 'files differ from the commit' : '' }
}

async function isInRecord({ store, channel }: DriftInput, sha256: string, { files }: Manifest): Promise<boolean> {
  const bytes = Object.values(files).find(file => file.sha256 === sha256)?.bytes ?? 0
  return (await store.blob(channel, sha256, 2 * bytes + 4096)) !== null
}

async function missingFiles({ files }: Manifest, isThere: (sha256: string) => Promise<boolean>): Promise<string> {
  const missing: string[] = []
  for (const [name, { sha256 }] of Object.entries(files)) if (!(await isThere(sha256))) missing.push(name)
  return missing.length > 0 ? `without ${missing.join(', ')}` : ''
}

async function hotRow({ channel, record }: DriftInput, hot: HotCopy, manifest: Manifest | null): Promise<DriftRow> {
  const row = (has: string, drift: string): DriftRow => ({ where: 'hot copy', has, drift })
  try {
    const text = await hot.pointer(channel)
    const found = text === null ? null : peekRecord(text)
    if (!found) return row('nothing', 'nothing was announced here')
    if (found.sequence !== record.sequence || found.live !== record.live)
      return row(nameOf(found), `the record says ${nameOf(record)}`)
    const sha256 = Object.values(manifest?.files ?? {}).map(file => file.sha256)
    const there = await hot.haveBlobs(channel, sha256)
    const without = manifest ? await missingFiles(manifest, async one => there.has(one)) : ''
    return row(nameOf(found), (await hot.manifest(channel, record.live)) ? without : 'without the manifest')
  } catch (error) {
    return row('unknown', `cannot be reached: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function bidderRow({ bidder, serving, sequence, state, code, isStale, isCurrent, age_ms }: BidderStatus): DriftRow {
  const has = serving === '' ? 'nothing' : `${serving.slice(0, 12)} #${sequence}`
  const silent = isStale ? `silent for ${Math.round(age_ms / 1000)} s` : ''
  const behind = isCurrent ? '' : state === 'nack' ? `refused: ${code}` : 'not what was announced'
  return { where: bidder, has, drift: [behind, silent].filter(Boolean).join(', ') }
}
