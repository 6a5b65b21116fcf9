/** `Mon-Fri 22:00-06:00` → minutes of the week from Monday 00:00. */
import { joinRanges, type Ranges } from './expression.ts'

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const DAY_MIN = 24 * 60
export const WEEK_MIN = 7 * DAY_MIN

/** An end at or before the start is on the next day; Sunday night goes on on Monday. */
export function daypartRanges(hours: readonly string[]): Ranges {
  return joinRanges(hours.flatMap(oneEntry))
}

function oneEntry(text: string): [number, number][] {
  const blank = text.lastIndexOf(' ')
  const [from = '', to = ''] = text.slice(blank + 1).split('-')
  const start = minuteOfDay(from)
  const end = minuteOfDay(to) + (minuteOfDay(to) <= start ? DAY_MIN : 0)
  const days = blank < 0 ? DAYS.keys().toArray() : text.slice(0, blank).split(',').flatMap(daysOf)
  return days.flatMap(day => wrap(day * DAY_MIN + start, day * DAY_MIN + end))
}

const minuteOfDay = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5))

/** `Sat-Mon` goes over the end of the week. */
function daysOf(text: string): number[] {
  const [from = '', to = from] = text.split('-')
  const first = DAYS.indexOf(from)
  const count = ((DAYS.indexOf(to) - first + 7) % 7) + 1
  return Array.from({ length: count }, (_, i) => (first + i) % 7)
}

function wrap(start: number, end: number): [number, number][] {
  return end <= WEEK_MIN
    ? [[start, end]]
    : [
        [start, WEEK_MIN],
        [0, end - WEEK_MIN],
      ]
}
