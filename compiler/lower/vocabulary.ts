/**
 * Numbers for attribute instances and their values, given out on first sight and kept for as long as the compiler stays.
 * They order nothing: the numbers of a snapshot follow the texts (layout.ts), so that old and new compilers agree.
 */
import { ATTRIBUTES, attributeBase } from '@flightplan/contract/attributes.ts'
import { LIST_MEMBER } from '@flightplan/contract/snapshot.ts'

interface Entry {
  name: string
  interval: boolean
  values: Map<string, number>
  texts: string[]
  /** Values in the order of their texts; sorted anew when asked for after one was added. */
  sorted: number[]
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
    return this.entries.push({ name, interval, values: new Map(), texts: [], sorted: [] }) - 1
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

  /** Numbers of a list of values in the order of their texts, each once. */
  list(attribute: number, texts: readonly string[]): number[] {
    const [only] = texts
    if (texts.length === 1 && only !== undefined) return [this.value(attribute, only)]
    return [...new Set(texts)].sort().map(text => this.value(attribute, text))
  }

  /** The same for numbers. */
  ordered(attribute: number, values: Iterable<number>): number[] {
    const { texts } = this.entries[attribute]! // attribute() gave the number
    return [...new Set(values)].sort((a, b) => (texts[a]! < texts[b]! ? -1 : 1)) // numbers were given out here
  }

  /** All values of an attribute in the order of their texts. */
  sorted(attribute: number): readonly number[] {
    const entry = this.entries[attribute]! // attribute() gave the number
    if (entry.sorted.length < entry.texts.length) entry.sorted = this.ordered(attribute, entry.texts.keys())
    return entry.sorted
  }

  find(name: string): number | undefined {
    return this.#byName.get(name)
  }
}
