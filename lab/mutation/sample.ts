/** A seeded choice, so that a run can be repeated. */

/** @returns numbers in [0, 1), the same for the same seed (mulberry32) */
function dice(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** `count` of the items, each at most once, in the order of the draw: any first part of it is a sample too. */
export function sampled<T>(items: readonly T[], count: number, seed: number): T[] {
  const roll = dice(seed)
  const drawn = items.map(item => ({ item, at: roll() })).sort((a, b) => a.at - b.at)
  return drawn.slice(0, count).map(({ item }) => item)
}
