/** `flight facts status`: which facts serve, how old they are, and who has taken them. */
import { factsOf as channelOf } from '@flightplan/contract/channel.ts'
import { fleetStatus } from '@flightplan/runtime/publish/fleet.ts'
import { EXIT, type ExitCode, Stop } from '../exit.ts'
import type { Output } from '../output.ts'
import { atDesk, type ChannelOptions, headOf } from '../stores.ts'
import { table } from '../table.ts'
import { hours } from './publish.ts'
import { countsOf, publishedFacts } from './sealed.ts'

const FACTS_VERSION = 1

/** Ends with 1 where the rates are too old to convert by. */
export function factsStatus(
  output: Output,
  env: NodeJS.ProcessEnv,
  options: ChannelOptions & { now_ms: number },
): Promise<ExitCode> {
  const own = { ...options, channel: channelOf(options.channel) }
  return atDesk(output, env, own, async desk => {
    const { store, hot, channel } = desk
    const head = await headOf(desk, output)
    if (!head) throw new Stop(EXIT.findings, `no facts were published to ${channel}`)
    const facts = await publishedFacts(desk, head.live)
    const { bidders } = await fleetStatus(store, hot, channel, head, own.now_ms)
    const { at_ms, max_age_ms } = facts.rates
    const rates_age_ms = own.now_ms - at_ms
    const stale = rates_age_ms > max_age_ms
    const { digest, made_at_ms } = facts
    const { sequence, canary, share_ppm } = head
    const told = { channel, sequence, digest, canary, share_ppm, counts: countsOf(facts), rates_age_ms, stale, bidders }
    const rows = [
      ['facts', digest],
      ['made', new Date(made_at_ms).toISOString()],
      ['rates', `${hours(rates_age_ms)} h old${stale ? ': too old, no bid is converted by them' : ''}`],
      ...(canary === null ? [] : [['canary', `${canary.slice(0, 12)} for ${share_ppm / 10_000}% of auctions`]]),
      ...Object.entries(countsOf(facts)).map(([name, n]) => [name, String(n)]),
      ['bidders', `${bidders.filter(({ isCurrent }) => isCurrent).length} of ${bidders.length} have them`],
    ]
    output.result(
      own.format === 'json'
        ? `${JSON.stringify({ schemaVersion: FACTS_VERSION, ...told }, null, 2)}\n`
        : `${table(rows).join('\n')}\n`,
    )
    return stale ? EXIT.findings : EXIT.ok
  })
}
