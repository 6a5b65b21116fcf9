/** Drives a rollout until it has ended, and tells how it goes. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Refused } from '@flightplan/runtime/release/refusal.ts'
import { type Desk, drive, type Look } from '@flightplan/runtime/rollout/drive.ts'
import { isOver } from '@flightplan/runtime/rollout/rollout.ts'
import { EXIT, Stop } from '../exit.ts'
import type { Output } from '../output.ts'

/** The tests of the gates may be looked at as often as one likes; bidders report every two seconds. */
const LOOK_EVERY_MS = 2000
const TELL_EVERY_MS = 10_000
/** The record may be away for so long, as in a restart; the canary ends by itself at its time. */
const AWAY_MS = 120_000

/** @throws Stop when the record stays away; Refused when the channel is not ours */
export async function watchRollout(output: Output, desk: Desk): Promise<Look> {
  const teller = openTeller(output)
  let heard_ms = desk.now_ms()
  for (;;) {
    const seen = await drive(desk).catch(error => {
      if (error instanceof Refused) throw error
      const why = error instanceof Error ? error.message || error.name : String(error)
      if (desk.now_ms() - heard_ms > AWAY_MS) throw new Stop(EXIT.unreached, `the record cannot be used: ${why}`)
      output.progress(`the record is away: ${why}`)
      return null
    })
    if (seen) {
      heard_ms = desk.now_ms()
      teller(seen, desk.now_ms())
      if (isDone(seen, desk.now_ms())) return seen
      if (seen.step.move) continue // what it made is taken up at once
    }
    await sleep(LOOK_EVERY_MS)
  }
}

/** Its last record is made, and after a promotion every bidder serves it, or had the time to. */
function isDone({ entry: { rollout } }: Look, now_ms: number): boolean {
  if (!isOver(rollout) || rollout.sequence === null) return false
  const { phase, served_at_ms, ended_at_ms, settings } = rollout
  return phase === 'aborted' || served_at_ms !== null || now_ms - (ended_at_ms ?? now_ms) > settings.ack_ms
}

/** A line when something has changed, and now and then while it waits; a line for each verdict that is another. */
function openTeller(output: Output): (seen: Look, now_ms: number) => void {
  let told = { key: '', at_ms: Number.NEGATIVE_INFINITY }
  const verdicts = new Map<string, string>()
  return ({ step: { rollout, arms, verdicts: now, waits } }, now_ms) => {
    for (const { gate, state, text } of now) {
      if (verdicts.get(gate) !== state && state !== 'hold') output.progress(`  ${gate} ${state}: ${text}`)
      verdicts.set(gate, state)
    }
    const { phase, wave, settings, why } = rollout
    const key = `${phase} ${wave}`
    if (key === told.key && now_ms - told.at_ms < TELL_EVERY_MS) return
    told = { key, at_ms: now_ms }
    const at = new Date(now_ms).toISOString().slice(11, 19)
    const share = settings.waves[wave]
      ? `wave ${wave + 1} of ${settings.waves.length}, ${settings.waves[wave].share_ppm / 10_000}%`
      : '100%'
    const where = isOver(rollout) ? why : `${share}: ${arms.canary.auctions} and ${arms.control.auctions} auctions`
    output.progress(`${at} ${phase} ${where}${waits ? `; waits: ${waits}` : ''}`)
  }
}
