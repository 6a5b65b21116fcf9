import { zoneOf } from '@flightplan/contract/zones.ts'
import type { Ask } from './ask.ts'
import { country, region, utcoffset } from './attributes/geo.ts'
import { offsetClock, wallClock } from './time.ts'

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const MINUTES_OF_DAY = 1440
const minutes = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5))

/** `Mon-Wed,Sat` → [0, 1, 2, 5]. A range may go over the end of the week: `Sat-Mon`. */
function daysOf(text: string): number[] {
  return text.split(',').flatMap(part => {
    const [from = '', to = from] = part.split('-')
    const days = [DAYS.indexOf(from)]
    while (days.at(-1) !== DAYS.indexOf(to)) days.push(((days.at(-1) ?? 0) + 1) % 7)
    return days
  })
}

/** Whether a minute of the week lies in `Mon-Fri 22:00-02:00`: past midnight it goes on on the next day. */
export function inHours(minute: number, hours: string): boolean {
  const match = /^(?:(\S+) )?(\d\d:\d\d)-(\d\d:\d\d)$/.exec(hours)
  if (!match) throw new RangeError(`daypart ${hours} is not of the form Mon-Fri 06:00-23:00`)
  const [, days = 'Mon-Sun', from = '', to = ''] = match
  const start = minutes(from)
  const end = minutes(to) <= start ? minutes(to) + MINUTES_OF_DAY : minutes(to)
  const day = Math.floor(minute / MINUTES_OF_DAY)
  const ofDay = minute % MINUTES_OF_DAY
  const yesterday = (day + 6) % 7
  const named = daysOf(days)
  return (
    (named.includes(day) && ofDay >= start && ofDay < end) ||
    (named.includes(yesterday) && ofDay + MINUTES_OF_DAY >= start && ofDay + MINUTES_OF_DAY < end)
  )
}

/** The user's minute of the week: by utcoffset, else by the zone of the place, else by the exchange's zone. */
export function userMinute(ask: Ask): number {
  const offset_min = utcoffset(ask)
  if (offset_min !== null && Math.abs(offset_min) <= 14 * 60) return offsetClock(ask.now_ms, offset_min)
  const placed = zoneOf(country(ask)[0] ?? '', region(ask)[0] ?? '')
  return wallClock(ask.now_ms, placed ?? ask.world.exchanges.get(ask.exchange)?.timezone ?? 'UTC').minuteOfWeek
}
