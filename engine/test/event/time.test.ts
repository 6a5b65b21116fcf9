import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { dayOf, minuteOfWeek, zoneOffset_min } from '../../event/time.ts'

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

/** Zone, and a moment in the night in which its clocks change. Lord Howe changes by half an hour. */
const CHANGES: readonly [string, number][] = [
  ['Europe/Berlin', Date.UTC(2027, 2, 28, 1)],
  ['Europe/Berlin', Date.UTC(2027, 9, 31, 1)],
  ['America/New_York', Date.UTC(2027, 2, 14, 7)],
  ['America/New_York', Date.UTC(2027, 10, 7, 6)],
  ['America/St_Johns', Date.UTC(2027, 2, 14, 5, 30)],
  ['Australia/Lord_Howe', Date.UTC(2027, 3, 3, 15)],
  ['Australia/Lord_Howe', Date.UTC(2027, 9, 2, 15, 30)],
  ['Pacific/Auckland', Date.UTC(2027, 3, 3, 14)],
  ['Asia/Kolkata', Date.UTC(2027, 5, 15, 18, 30)],
  ['Asia/Kathmandu', Date.UTC(2027, 5, 15, 18, 15)],
  ['America/Santiago', Date.UTC(2027, 3, 4, 3)],
  ['Africa/Casablanca', Date.UTC(2027, 1, 7, 2)],
  ['Pacific/Kiritimati', Date.UTC(2027, 0, 1, 10)],
]

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** What the wall shows, by Intl's own weekday, hour and minute. */
function wallMinute(zone: string, at_ms: number): number {
  const format = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone: zone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  })
  const part = (type: string) => format.formatToParts(at_ms).find(found => found.type === type)?.value ?? ''
  return DAYS.indexOf(part('weekday')) * 1440 + Number(part('hour')) * 60 + Number(part('minute'))
}

for (const [zone, change_ms] of CHANGES)
  test(`the wall clock of ${zone} around ${new Date(change_ms).toISOString()}`, () => {
    for (let at_ms = change_ms - 30 * HOUR_MS; at_ms <= change_ms + 30 * HOUR_MS; at_ms += 15 * MINUTE_MS)
      for (const moment of [at_ms - 1, at_ms, at_ms + 1]) {
        const seen = minuteOfWeek(moment, zoneOffset_min(zone, moment))
        assert.equal(seen, wallMinute(zone, moment), new Date(moment).toISOString())
      }
  })

test('the offset that is remembered for a zone is that of the moment asked', () => {
  const moments = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2037, 0) })
  const zones = fc.constantFrom(...new Set(CHANGES.map(([zone]) => zone)))
  fc.assert(
    fc.property(fc.array(fc.tuple(zones, moments), { minLength: 2, maxLength: 8 }), asked => {
      for (const [zone, at_ms] of asked)
        assert.equal(minuteOfWeek(at_ms, zoneOffset_min(zone, at_ms)), wallMinute(zone, at_ms))
    }),
    { seed: 31, numRuns: 200 },
  )
})

test('minutes of the week before 1970 and at its seam', () => {
  assert.equal(minuteOfWeek(Date.UTC(2027, 0, 18), 0), 0) // a Monday
  assert.equal(minuteOfWeek(Date.UTC(2027, 0, 18) - 1, 0), 7 * 1440 - 1)
  assert.equal(minuteOfWeek(Date.UTC(1969, 11, 29), 0), 0) // a Monday
  assert.equal(minuteOfWeek(Date.UTC(2027, 0, 18), -1), 7 * 1440 - 1)
})

test('a day has 23, 24 or 25 hours, and its number rises by one', () => {
  const hoursOf = (zone: string, noon_ms: number) => {
    const day = dayOf(noon_ms, zone)
    let hours = 0
    for (let at_ms = noon_ms - 40 * HOUR_MS; at_ms < noon_ms + 40 * HOUR_MS; at_ms += HOUR_MS)
      if (dayOf(at_ms, zone) === day) hours++
    return hours
  }
  assert.equal(hoursOf('Europe/Berlin', Date.UTC(2027, 2, 28, 12)), 23)
  assert.equal(hoursOf('Europe/Berlin', Date.UTC(2027, 9, 31, 12)), 25)
  assert.equal(hoursOf('Europe/Berlin', Date.UTC(2027, 5, 1, 12)), 24)
  assert.equal(dayOf(0, 'UTC'), 0)
  assert.equal(dayOf(-1, 'UTC'), -1)
  assert.equal(dayOf(Date.UTC(2027, 0, 17, 23), 'Europe/Berlin'), dayOf(Date.UTC(2027, 0, 18), 'UTC'))
})
