/** Every predicate's source: what the release's debug map is made of. */
import type { DebugMap, DebugSpot } from '@flightplan/contract/release.ts'
import { type Place, spanOf } from '../resolve/world.ts'

interface Predicate {
  place: Place
  /** Name of the leaf or word of the group: `geo.country`, `any`. */
  name: string
  value: unknown
}

export class Predicates {
  readonly #all: Predicate[] = []

  add(place: Place, name: string, value: unknown): number {
    return this.#all.push({ place, name, value }) - 1
  }

  place(id: number): Place {
    return this.#all[id]!.place // ids come from add()
  }

  text(id: number): string {
    const { name, value } = this.#all[id]! // ids come from add()
    return value === undefined ? name : `${name}: ${shown(value)}`
  }

  get size(): number {
    return this.#all.length
  }

  /** Lines and columns are worked out here: a snapshot does without them. */
  debug(spots: Spots): DebugMap['predicates'] {
    return this.#all.map(({ place }, id) => ({ at: spots.of(place), text: this.text(id) }))
  }
}

/** Files by number, places as [file, line, col]. */
export class Spots {
  readonly files: string[] = []
  readonly #numbers = new Map<string, number>()

  of(place: Place): DebugSpot {
    const { file, start } = spanOf(place)
    let number = this.#numbers.get(file)
    if (number === undefined) {
      number = this.files.push(file) - 1
      this.#numbers.set(file, number)
    }
    return [number, start.line, start.col]
  }
}

/** Long lists are cut: explain shows which leaf it was, the file shows the rest. */
const SHOWN_ITEMS = 4

function shown(value: unknown): string {
  if (Array.isArray(value)) {
    const items = value.slice(0, SHOWN_ITEMS).map(shown)
    return `[${items.join(', ')}${value.length > SHOWN_ITEMS ? `, … ${value.length} in all` : ''}]`
  }
  if (typeof value !== 'object' || value === null) return String(value)
  return `{${Object.entries(value)
    .map(([key, item]) => `${key}: ${shown(item)}`)
    .join(', ')}}`
}
