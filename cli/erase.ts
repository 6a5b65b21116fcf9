/** `flight erase`: takes a person out of the event log and says what was removed. */
import { eraseUser, eventsOf } from '@flightplan/runtime/events/erase.ts'
import { withEvents } from './events-database.ts'
import { EXIT, type ExitCode, usage } from './exit.ts'
import { counted, type Output } from './output.ts'
import { dateOf } from './report-text.ts'

export interface EraseOptions {
  root: string
  user: string
  reason?: string
  dryRun?: boolean
  format: 'pretty' | 'json'
}

export async function erase(
  output: Output,
  env: NodeJS.ProcessEnv,
  { root, user, reason = '', dryRun = false, format }: EraseOptions,
): Promise<ExitCode> {
  if (!/^[0-9a-f]{8,64}$/.test(user)) throw usage('--user is the keyed hash in hex, as the events have it')
  const { events, days } = await withEvents(env, root, database =>
    dryRun ? eventsOf(database, user) : eraseUser(database, user, reason, { now_ms: Date.now, random: Math.random }),
  )
  const total = events.reduce((sum, { n }) => sum + n, 0)
  if (format === 'json')
    output.result(`${JSON.stringify({ schemaVersion: 1, events, days: days.map(dateOf) }, null, 2)}\n`)
  else {
    const kinds = events.map(({ kind, n }) => `  ${kind}  ${n}\n`).join('')
    output.result(
      `the person ${dryRun ? 'would be' : 'is'} taken out of ${counted(total, 'event')} of ${counted(days.length, 'day')}\n${kinds}`,
    )
  }
  if (!dryRun) output.progress('amounts stay booked; what Kafka or a spool still holds comes in without the person')
  return EXIT.ok
}
