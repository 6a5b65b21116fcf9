/** Lists of values and of ranges by number, each once: all that programs and conjunctions ask about. */
import type { Wanted } from './conjunction.ts'
import type { Ranges } from './expression.ts'
import { hashOf } from './pools.ts'
import type { Vocabulary } from './vocabulary.ts'

export class WantedPool {
  /** By number of the list. Values are in the order of their texts, so their terms are in order in every layout. */
  readonly attributes: number[] = []
  readonly wanted: Wanted[] = []
  readonly #byHash = new Map<number, number[]>()
  readonly #vocabulary: Vocabulary

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary
  }

  id(attribute: number, asked: Wanted): number {
    const wanted = 'ranges' in asked ? asked : this.#inOrder(attribute, asked)
    const hash = hashOf('ranges' in wanted ? wanted.ranges.flat() : wanted) ^ attribute
    const bucket = this.#byHash.get(hash)
    const known = bucket?.find(id => this.attributes[id] === attribute && isSame(this.wanted[id]!, wanted)) // ids of this pool
    if (known !== undefined) return known
    const id = this.wanted.push(wanted) - 1
    this.attributes.push(attribute)
    if (bucket) bucket.push(id)
    else this.#byHash.set(hash, [id])
    return id
  }

  #inOrder(attribute: number, values: readonly number[]): readonly number[] {
    for (let i = 1; i < values.length; i++)
      if (!(this.#vocabulary.text(attribute, values[i - 1]!) < this.#vocabulary.text(attribute, values[i]!)))
        return this.#vocabulary.ordered(attribute, values) // what was cut or joined out of several lists
    return values
  }
}

function isSame(a: Wanted, b: Wanted): boolean {
  if ('ranges' in a || 'ranges' in b) return 'ranges' in a && 'ranges' in b && isSameRanges(a.ranges, b.ranges)
  return a.length === b.length && a.every((value, i) => value === b[i])
}

const isSameRanges = (a: Ranges, b: Ranges): boolean =>
  a.length === b.length && a.every(([from, to], i) => from === b[i]?.[0] && to === b[i]?.[1])
