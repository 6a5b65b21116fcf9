/**
 * Answers by row of a table that hold for one request or slot only. Starting anew costs nothing: an answer counts when it
 * was written under the number of the round that asks. One per thread and snapshot, so that no request allocates any.
 */
export class Marks<V> {
  readonly #round: Uint32Array
  readonly #value: V[]
  #rounds = 0

  constructor(rows: number, empty: V) {
    this.#round = new Uint32Array(rows)
    this.#value = new Array<V>(rows).fill(empty)
  }

  /** The number under which the next answers are kept. Rounds may overlap: they only forget each other's answers. */
  begin(): number {
    this.#rounds = (this.#rounds + 1) >>> 0
    if (this.#rounds === 0) {
      this.#round.fill(0) // after 2^32 rounds old numbers come again
      this.#rounds = 1
    }
    return this.#rounds
  }

  has(round: number, row: number): boolean {
    return this.#round[row] === round
  }

  /** Of a row that {@link has} an answer. */
  get(row: number): V {
    return this.#value[row]!
  }

  set(round: number, row: number, value: V): V {
    this.#round[row] = round
    this.#value[row] = value
    return value
  }
}
