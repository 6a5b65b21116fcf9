const SLOTS = 96
const DAY_MS = 86_400_000
const SLOT_MS = DAY_MS / SLOTS

/**
 * Relative traffic of a local quarter of an hour (mean 1): a trough of 0.31 at 03:30, a shoulder at 09:00 and a peak
 * of 1.61 at 20:00. Two harmonics are enough for pacing; one market's measured day is not another's.
 */
export function localActivity(slot: number): number {
  const turn = (2 * Math.PI * (slot + 0.5)) / SLOTS
  const wave = 1 - 0.45 * Math.cos(turn - 1.4) - 0.3 * Math.cos(2 * turn - 1.571)
  // Rounded, because the last bits of Math.cos may differ between engines.
  return Math.round(wave * 1e6) / 1e6
}

/** Running sums of the curve over a day of UTC for markets whose middle is `shift_min` minutes east of Greenwich. */
function activitySums(shift_min: number): Float64Array {
  const sums = new Float64Array(SLOTS)
  let sum = 0
  for (let slot = 0; slot < SLOTS; slot++) {
    sum += localActivity((slot + shift_min / 15 + SLOTS) % SLOTS)
    sums[slot] = sum
  }
  return sums
}

const LARGEST_MARKETS_MIN = 60 // most users live in central Europe
const DAY_SUMS = activitySums(LARGEST_MARKETS_MIN)

/** The moment at which the share `part` (0…1) of the day's requests has come: what an ordered stream walks. */
export function momentAtShare(day_ms: number, part: number): number {
  const total = DAY_SUMS[SLOTS - 1] ?? 1
  const target = part * total
  let slot = 0
  while (slot < SLOTS - 1 && (DAY_SUMS[slot] ?? 0) <= target) slot++
  const before = slot === 0 ? 0 : (DAY_SUMS[slot - 1] ?? 0)
  const within = (target - before) / ((DAY_SUMS[slot] ?? 1) - before)
  return day_ms + Math.floor((slot + within) * SLOT_MS)
}
