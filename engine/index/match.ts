/**
 * The targeting index: which conjunctions hold for one slot, best first.
 *
 * Per attribute, a conjunction passes when it does not constrain the attribute (its bit in the base bitmap) or when a
 * value of the slot is in its list (postings), and no value is in its excluded list. Conjunctions are sorted by the
 * rank of their line item, and taken in blocks of 1,024: a block ends at the first attribute that leaves nothing, and
 * the walk ends when the visitor has enough. Bitmaps AND-ed as in research/algorithms.md §3.1 (index B); stopping at
 * the cut is what makes 100,000 line items cheap: most requests meet their 64 candidates within the first blocks.
 */
import { BLOCK_WORDS } from '@flightplan/contract/snapshot.ts'
import type { Snapshot } from '../snapshot.ts'

const SPARSE = 1
const DENSE = 2
/** More postings than any request can name: the parse bounds every list (64 categories, 512 segments …). */
const SCRATCH = 1 << 16

/** What one request asks of one attribute: slices of the scratch lists below. */
interface Step {
  attribute: number
  base_at: number
  in_from: number
  in_to: number
  not_from: number
  not_to: number
}

/** Reused between calls; match() does not re-enter itself. */
const acc = new Int32Array(BLOCK_WORDS)
const passing = new Int32Array(BLOCK_WORDS)
const kinds = new Uint8Array(SCRATCH)
const cursors = new Uint32Array(SCRATCH)
const ends = new Uint32Array(SCRATCH)

/**
 * Visits the conjunctions that hold, in order, until `visit` returns false.
 * @param values terms of the slot by attribute index
 * @param active one bit per conjunction that may bid at all, or null for all
 */
export function match(
  snapshot: Snapshot,
  values: readonly (readonly number[])[],
  active: Uint32Array | null,
  visit: (conjunction: number) => boolean,
): void {
  const { conjunctions, words } = snapshot.meta
  const steps = planSteps(snapshot, values)
  for (let word = 0, block = 0; word < words; word += BLOCK_WORDS, block++) {
    startBlock(word, conjunctions, active)
    if (passesAll(snapshot, steps, block, word) && !visitBits(word, visit)) return
  }
}

/** Collects the postings of the slot's terms, per attribute that some line item constrains. */
function planSteps(snapshot: Snapshot, values: readonly (readonly number[])[]): Step[] {
  const { attributes } = snapshot.meta
  const { in_kind, in_at, in_n, not_kind, not_at, not_n } = snapshot.term
  const steps: Step[] = []
  let n = 0
  const add = (kind: number, at: number, count: number) => {
    if (kind === 0 || n === kinds.length) return
    kinds[n] = kind
    cursors[n] = at
    ends[n] = at + count
    n++
  }
  for (let a = 0; a < attributes.length; a++) {
    const { base_at, has_not } = attributes[a]!
    if (base_at < 0 && !has_not) continue
    const terms = values[a]!
    const in_from = n
    for (let i = 0; base_at >= 0 && i < terms.length; i++) {
      const t = terms[i]!
      add(in_kind[t]!, in_at[t]!, in_n[t]!)
    }
    const not_from = n
    for (let i = 0; has_not && i < terms.length; i++) {
      const t = terms[i]!
      add(not_kind[t]!, not_at[t]!, not_n[t]!)
    }
    if (base_at >= 0 || n > not_from)
      steps.push({ attribute: a, base_at, in_from, in_to: not_from, not_from, not_to: n })
  }
  return steps
}

function startBlock(word: number, conjunctions: number, active: Uint32Array | null): void {
  for (let i = 0; i < BLOCK_WORDS; i++) {
    const left = conjunctions - ((word + i) << 5)
    const valid = left >= 32 ? -1 : left <= 0 ? 0 : (1 << left) - 1
    acc[i] = active ? valid & active[word + i]! : valid
  }
}

/** ANDs each step into `acc`; false as soon as nothing is left. */
function passesAll(snapshot: Snapshot, steps: readonly Step[], block: number, word: number): boolean {
  const { bitmaps, postings, open_blocks } = snapshot
  const blocks = snapshot.meta.words / BLOCK_WORDS
  for (const step of steps) {
    if (step.base_at >= 0 && open_blocks[step.attribute * blocks + block] === 0) {
      for (let i = 0; i < BLOCK_WORDS; i++) passing[i] = bitmaps[step.base_at + word + i]!
      for (let p = step.in_from; p < step.in_to; p++) addPosting(bitmaps, postings, p, word)
      let left = 0
      for (let i = 0; i < BLOCK_WORDS; i++) left |= acc[i] = acc[i]! & passing[i]!
      if (left === 0) return false
    }
    if (step.not_from < step.not_to && !removeExcluded(bitmaps, postings, step, word)) return false
  }
  return true
}

function removeExcluded(bitmaps: Uint32Array, postings: Uint32Array, step: Step, word: number): boolean {
  passing.fill(0)
  for (let p = step.not_from; p < step.not_to; p++) addPosting(bitmaps, postings, p, word)
  let left = 0
  for (let i = 0; i < BLOCK_WORDS; i++) left |= acc[i] = acc[i]! & ~passing[i]!
  return left !== 0
}

/** ORs posting `p` into `passing` for the block that starts at `word`. Sparse cursors only ever move forward. */
function addPosting(bitmaps: Uint32Array, postings: Uint32Array, p: number, word: number): void {
  if (kinds[p] === DENSE) {
    const at = cursors[p]! + word
    for (let i = 0; i < BLOCK_WORDS; i++) passing[i] = passing[i]! | bitmaps[at + i]!
    return
  }
  if (kinds[p] !== SPARSE) return
  const first = word << 5
  const end = ends[p]!
  let cursor = cursors[p]!
  while (cursor < end && postings[cursor]! < first) cursor++
  for (; cursor < end; cursor++) {
    const bit = postings[cursor]! - first
    if (bit >= BLOCK_WORDS << 5) break
    passing[bit >>> 5] = passing[bit >>> 5]! | (1 << (bit & 31))
  }
  cursors[p] = cursor
}

function visitBits(word: number, visit: (conjunction: number) => boolean): boolean {
  for (let i = 0; i < BLOCK_WORDS; i++) {
    let bits = acc[i]!
    while (bits !== 0) {
      const bit = 31 - Math.clz32(bits & -bits)
      bits &= bits - 1
      if (!visit(((word + i) << 5) | bit)) return false
    }
  }
  return true
}
