/** Counts drawn by chance, for fleets that are simulated by the thousand. */
import type { Random } from '../traffic/random.ts'

/** Above this the normal distribution is as good, and one draw instead of many. */
const MANY = 40

export function poisson(random: Random, mean: number): number {
  if (mean > MANY) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)))
  const limit = Math.exp(-mean)
  let n = 0
  for (let product = random.unit(); product > limit; n++) product *= random.unit()
  return n
}

/** Successes of n, each with this chance. */
export function binomial(random: Random, n: number, chance: number): number {
  const mean = n * chance
  if (mean > MANY && n - mean > MANY)
    return Math.min(n, Math.max(0, Math.round(mean + Math.sqrt(mean * (1 - chance)) * normal(random))))
  if (chance > 0.5) return n - binomial(random, n, 1 - chance)
  if (mean > MANY) return Math.min(n, poisson(random, mean)) // n - mean is small only where chance is near 1
  return n < 2 * MANY ? tossed(random, n, chance) : Math.min(n, poisson(random, mean))
}

function tossed(random: Random, n: number, chance: number): number {
  let hits = 0
  for (let i = 0; i < n; i++) if (random.unit() < chance) hits++
  return hits
}

/** Box–Muller. */
export function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.unit()))
  return radius * Math.cos(2 * Math.PI * random.unit())
}
