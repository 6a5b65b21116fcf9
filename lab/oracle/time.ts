/** Local times by asking `Intl` what a clock on the wall shows: slow, and without arithmetic of our own on offsets. */
export interface WallClock {
  /** `2027-03-01 06:00`. */
  text: string
  /** Minutes since Monday 00:00. */
  minuteOfWeek: number
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const clocks = new Map<string, Intl.DateTimeFormat>()
function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  clocks.set(zone, made)
  return made
}

export function wallClock(at_ms: number, zone: string): WallClock {
  const part = Object.fromEntries(
    clockOf(zone)
      .formatToParts(at_ms)
      .map(({ type, value }) => [type, value]),
  )
  const day = DAYS.indexOf(part['weekday'] ?? '')
  return {
    text: `${part['year']}-${part['month']}-${part['day']} ${part['hour']}:${part['minute']}`,
    minuteOfWeek: day * 1440 + Number(part['hour']) * 60 + Number(part['minute']),
  }
}

/** The same in a fixed offset from UTC, minutes east. */
export function offsetClock(at_ms: number, offset_min: number): number {
  return wallClock(at_ms + offset_min * MINUTE_MS, 'UTC').minuteOfWeek
}

/**
 * The moments at which a wall shows this minute: none in the hour that is skipped in spring, two in the one that is
 * repeated in autumn. Offsets of real zones are whole quarters of an hour.
 */
export function momentsOf(local: string, zone: string): readonly number[] {
  const key = `${zone} ${local}`
  const known = moments.get(key) ?? searchMoments(local, zone)
  moments.set(key, known)
  return known
}

// the same few times of the YAML are asked for with every request
const moments = new Map<string, readonly number[]>()

function searchMoments(local: string, zone: string): number[] {
  const asUtc = Date.parse(`${local.replace(' ', 'T')}:00Z`)
  const found: number[] = []
  for (let at = asUtc - 15 * HOUR_MS; at <= asUtc + 15 * HOUR_MS; at += 15 * MINUTE_MS)
    if (wallClock(at, zone).text === local) found.push(at)
  return found
}

/** The first moment that shows this minute or, where it is skipped, the moment at which the clock jumps over it. */
export function firstMomentOf(local: string, zone: string): number {
  const [found] = momentsOf(local, zone)
  if (found !== undefined) return found
  let at = Date.parse(`${local.replace(' ', 'T')}:00Z`) - 15 * HOUR_MS
  while (wallClock(at, zone).text < local) at += MINUTE_MS
  return at
}

/** The end (excluded) of the last moment that shows this minute. */
export function endOfMinute(local: string, zone: string): number {
  const last = momentsOf(local, zone).at(-1)
  return last === undefined ? firstMomentOf(local, zone) : last + MINUTE_MS
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: MINUTE_MS, h: HOUR_MS, d: 24 * HOUR_MS }

/** `120ms`, `20s`, `30d`; null for anything else. */
export function duration_ms(written: string | null): number | null {
  const [, count, unit = ''] = /^(\d+)(ms|s|m|h|d)$/.exec(written ?? '') ?? []
  return count === undefined ? null : Number(count) * (UNITS_MS[unit] ?? Number.NaN)
}
