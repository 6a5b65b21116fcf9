/** A seeded choice, so that a run can be repeated. */
import { seeded } from '../random.ts'

/** `count` of the items, each at most once, in the order of the draw: any first part of it is a sample too. */
export function sampled<T>(items: readonly T[], count: number, seed: number): T[] {
  const roll = seeded(seed)
  const drawn = items.map(item => ({ item, at: roll() })).sort((a, b) => a.at - b.at)
  return drawn.slice(0, count).map(({ item }) => item)
}
