/** Numbers for attribute instances and their values, given out in the order of first use. */
import { ATTRIBUTES, attributeBase } from '@flightplan/contract/attributes.ts'
import { LIST_MEMBER } from '@flightplan/contract/snapshot.ts'
import type { Ranges } from './expression.ts'

interface Entry {
  name: string
  interval: boolean
  values: Map<string, number>
  texts: string[]
  /** Ends of all ranges asked about; cut points of the axis. */
  bounds: Set<number>
}

export class Vocabulary {
  readonly #byName = new Map<string, number>()
  readonly entries: Entry[] = []

  /** Number of an attribute instance, `country` or `os_version:ios`. */
  attribute(name: string): number {
    const known = this.#byName.get(name)
    if (known !== undefined) return known
    const interval = name !== LIST_MEMBER && ATTRIBUTES[attributeBase(name)].kind === 'interval'
    this.#byName.set(name, this.entries.length)
    return this.entries.push({ name, interval, values: new Map(), texts: [], bounds: new Set() }) - 1
  }

  /** Number of a value of an attribute. */
  value(attribute: number, text: string): number {
    const { values, texts } = this.entries[attribute]! // attribute() gave the number
    const known = values.get(text)
    if (known !== undefined) return known
    values.set(text, texts.length)
    return texts.push(text) - 1
  }

  text(attribute: number, value: number): string {
    return this.entries[attribute]!.texts[value]! // both numbers were given out here
  }

  /** Numbers of a list of values, sorted, each once. */
  list(attribute: number, texts: readonly string[]): number[] {
    const numbers = texts.map(text => this.value(attribute, text))
    return uniqueSorted(numbers)
  }

  cut(attribute: number, ranges: Ranges): void {
    const { bounds } = this.entries[attribute]! // attribute() gave the number
    for (const [from, to] of ranges) {
      if (Number.isFinite(from)) bounds.add(from)
      if (Number.isFinite(to)) bounds.add(to)
    }
  }

  find(name: string): number | undefined {
    return this.#byName.get(name)
  }
}

export function uniqueSorted(numbers: number[]): number[] {
  numbers.sort((a, b) => a - b)
  let kept = 0
  for (let i = 0; i < numbers.length; i++) if (i === 0 || numbers[i] !== numbers[i - 1]) numbers[kept++] = numbers[i]!
  numbers.length = kept
  return numbers
}
