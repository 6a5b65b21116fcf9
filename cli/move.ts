/** What all verbs that move a channel share: the record first, then the hot copy, then the fleet's answer. */
import type { ChannelRecord } from '@flightplan/contract/channel.ts'
import { type Move, MoveRefused, moveChannel } from '@flightplan/runtime/publish/channel.ts'
import { waitForFleet } from '@flightplan/runtime/publish/fleet.ts'
import { type Synced, syncHot } from '@flightplan/runtime/publish/sync.ts'
import { EXIT, type ExitCode, Stop } from './exit.ts'
import { counted, type Output } from './output.ts'
import { type ChannelDesk, deedOf, headOf, type MoveOptions, reached, signingOf } from './stores.ts'

const MOVE_VERSION = 1

/** @param how makes the next record of the newest one; @throws Stop where the channel's state forbids it */
export async function makeMove(
  output: Output,
  desk: ChannelDesk,
  verb: string,
  options: MoveOptions,
  how: (head: ChannelRecord | null) => Move | null,
): Promise<ExitCode> {
  const { store, hot, channel, trusted } = desk
  const signing = signingOf(desk)
  if (options.dryRun) return tellDryRun(output, desk, verb, options, how)
  const move = moveChannel(store, channel, verb, deedOf(desk, options.reason), signing, head => allowed(how, head))
  const record = await reached('the record', move)
  const again = 'the record has it; run the same again, until then bidders read it from the record'
  const synced = await reached(`the hot copy (${again})`, syncHot(store, hot, channel, trusted))
  if (!record || !synced) throw new Stop(EXIT.findings, `nothing was published to ${channel}`)
  const answer =
    options.wait === undefined ? null : await waitForFleet(store, hot, channel, synced.record, options.wait, Date.now)
  const missing = answer?.bidders.filter(({ isCurrent, isStale }) => !isCurrent && !isStale) ?? []
  const fleet = answer && { bidders: answer.bidders.length, missing: missing.map(({ bidder }) => bidder) }
  const { files, bytes, deltas, announced } = synced
  const told = { schemaVersion: MOVE_VERSION, verb, ...synced.record, files, bytes, deltas, announced, fleet }
  output.result(options.format === 'json' ? `${JSON.stringify(told, null, 2)}\n` : textOf(synced))
  if (fleet) output.progress(`${fleet.bidders - missing.length} of ${counted(fleet.bidders, 'bidder')} serve it`)
  for (const { bidder, code, text } of missing)
    output.progress(`  ${bidder}: ${code ? `${code}: ${text}` : 'no answer yet'}`)
  return missing.length > 0 || (fleet && fleet.bidders === 0) ? EXIT.unreached : EXIT.ok
}

function allowed(how: (head: ChannelRecord | null) => Move | null, head: ChannelRecord | null): Move | null {
  try {
    return how(head)
  } catch (error) {
    throw error instanceof MoveRefused ? new Stop(EXIT.gate, error.message) : error
  }
}

/** Nothing is written, and nobody is called. */
async function tellDryRun(
  output: Output,
  desk: ChannelDesk,
  verb: string,
  options: MoveOptions,
  how: (head: ChannelRecord | null) => Move | null,
): Promise<ExitCode> {
  const head = await headOf(desk, output)
  const next = allowed(how, head)
  const told = { schemaVersion: MOVE_VERSION, verb, dryRun: true, from: head, to: next && { ...head, ...next } }
  const text = `would move ${desk.channel} from ${head ? nameOf(head) : 'nothing'} to ${next ? next.live.slice(0, 12) : 'the same'}${next?.pinned ? ', pinned' : ''}\n`
  output.result(options.format === 'json' ? `${JSON.stringify(told, null, 2)}\n` : text)
  return EXIT.ok
}

const nameOf = ({ live, sequence }: ChannelRecord): string => `${live.slice(0, 12)} (record ${sequence})`

function textOf({ record, files, bytes, deltas }: Synced): string {
  const made = Object.entries(deltas).map(([name, size]) => `${name} ${size.toLocaleString('en')}`)
  return [
    `channel ${record.channel}, record ${record.sequence}${record.pinned ? ', pinned' : ''}`,
    `live    ${record.live}`,
    `copied  ${counted(files, 'file')}, ${bytes.toLocaleString('en')} bytes`,
    ...(made.length > 0 ? [`deltas  ${made.join(', ')} bytes`] : []),
    '',
  ].join('\n')
}
