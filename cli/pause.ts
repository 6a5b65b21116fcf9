/** `flight pause` and `flight resume`: bids end within a second, for a while; Git is to follow. */
import { compile } from '@flightplan/compiler/compile.ts'
import { atKey, spanOf } from '@flightplan/compiler/resolve/world.ts'
import { type ChannelRecord, type Pause, pausesOf } from '@flightplan/contract/channel.ts'
import { type Move, moveChannel } from '@flightplan/runtime/publish/channel.ts'
import { openRecord } from '@flightplan/runtime/release/record.ts'
import { EXIT, type ExitCode, usage } from './exit.ts'
import type { Output } from './output.ts'
import { durationMs } from './rollout/settings.ts'
import { atDesk, type ChannelDesk, deedOf, headOf, type MoveOptions, reached, signingOf } from './stores.ts'

const PAUSE_VERSION = 1
const WHAT = /^(exchange:)?[a-z0-9][a-z0-9-]*(\/[a-z0-9][a-z0-9-]*)?$/
const LONGEST_MS = 7 * 86_400_000

export interface PauseOptions extends Omit<MoveOptions, 'wait'> {
  for?: string
}

/** Adds a pause, or makes the one that is there last as long as this one. It can only take bids away, and it ends. */
export function pause(output: Output, env: NodeJS.ProcessEnv, what: string, options: PauseOptions): Promise<ExitCode> {
  return atDesk(output, env, options, async desk => {
    const { reason = '' } = options
    const until_ms = Date.now() + lengthOf(options.for)
    if (reason === '') throw usage('--reason is missing: whoever finds it paused must know why')
    const where = await placeOf(desk.root, what)
    const add = (all: readonly Pause[]) => [...all.filter(one => one.what !== what), { what, until_ms, reason }]
    const code = await change(output, desk, 'pause', options, add)
    output.progress(`${what} may not bid until ${new Date(until_ms).toISOString()}.`)
    if (where) output.progress(`In Git: set \`status: paused\` at ${where}, or it bids again then.`)
    return code
  })
}

/** Takes a pause away before its end. */
export function resume(output: Output, env: NodeJS.ProcessEnv, what: string, options: PauseOptions): Promise<ExitCode> {
  return atDesk(output, env, options, desk =>
    change(output, desk, 'resume', options, all => {
      if (!all.some(one => one.what === what)) throw usage(`${what} is not paused: ${named(all)}`)
      return all.filter(one => one.what !== what)
    }),
  )
}

const named = (all: readonly Pause[]) => (all.length === 0 ? 'nothing is' : all.map(({ what }) => what).join(', '))

function lengthOf(text = '2h'): number {
  const ms = /^\d+(ms|s|m|h|d)$/.test(text) ? durationMs(text) : 0
  if (ms < 1000 || ms > LONGEST_MS) throw usage(`--for "${text}" is no time from 1s to 7d, such as 2h`)
  return ms
}

async function change(
  output: Output,
  desk: ChannelDesk,
  verb: string,
  options: PauseOptions,
  next: (all: readonly Pause[]) => Pause[],
): Promise<ExitCode> {
  const { store, hot, trusted } = desk
  const signing = signingOf(desk)
  const live = await headOf(desk, output)
  if (!live) throw usage(`nothing was published to ${desk.channel}: there is nothing to pause`)
  const channel = pausesOf(desk.channel)
  const move = (head: ChannelRecord | null): Move => {
    const all = (head?.pauses ?? []).filter(({ until_ms }) => until_ms > Date.now())
    return { live: live.live, canary: null, share_ppm: 0, pinned: false, pauses: next(all) }
  }
  const text = await reached('the record', store.pointer(channel))
  const head = text === null ? null : openRecord(text, channel, trusted)
  if (options.dryRun) return tell(output, options, verb, move(head).pauses ?? [])
  const record = await reached(
    'the record',
    moveChannel(store, channel, verb, deedOf(desk, options.reason), signing, move),
  )
  const said = await reached('the record', store.pointer(channel))
  if (record && said !== null) await reached('the hot copy', hot.announce(channel, record.sequence, said))
  return tell(output, options, verb, record?.pauses ?? [])
}

function tell(output: Output, { format, dryRun }: PauseOptions, verb: string, pauses: readonly Pause[]): ExitCode {
  const told = { schemaVersion: PAUSE_VERSION, verb, dryRun: dryRun === true, pauses }
  const lines = pauses.map(one => `paused  ${one.what}  until ${new Date(one.until_ms).toISOString()}  ${one.reason}\n`)
  if (format === 'json') output.result(`${JSON.stringify(told, null, 2)}\n`)
  else output.result(lines.length > 0 ? lines.join('') : 'nothing is paused\n')
  return EXIT.ok
}

/** Where its `status:` stands, or would. Null: an exchange, or a repository that does not compile just now. */
async function placeOf(root: string, what: string): Promise<string | null> {
  if (!WHAT.test(what)) throw usage(`"${what}" is no campaign, campaign/line-item or exchange:name`)
  if (what.startsWith('exchange:')) return null
  const { world } = await compile(root, { now_ms: Date.now() })
  if (!world) return null
  const item = world.line_items.find(({ id }) => id === what)
  const campaign = world.line_items.find(({ campaign: { id } }) => id === what)?.campaign
  if (!item && !campaign) throw usage(`there is no campaign or line item ${what} that bids`)
  const { file, start } = item ? spanOf(atKey(item.place)) : (campaign?.file.file.at([]) ?? spanOf(item!.place)) // one is there
  return `${file}:${start.line}`
}
