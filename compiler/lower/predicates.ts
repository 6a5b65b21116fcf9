/** Every predicate's source: what the release's debug map is made of. */
import type { Position } from '@flightplan/contract/diagnostic.ts'
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
    const { path } = place.file
    let number = this.#numbers.get(path)
    if (number === undefined) {
      number = this.files.push(path) - 1
      this.#numbers.set(path, number)
    }
    const { line, col } = startOf(place)
    return [number, line, col]
  }
}

/** Of files that a resident compiler keeps: half a million places of an unchanged tree take a second to find. */
const STARTS = new WeakMap<Place['file'], Map<string, Start>>()
type Start = Pick<Position, 'line' | 'col'>

function startOf(place: Place): Start {
  const starts = STARTS.get(place.file) ?? new Map<string, Start>()
  if (starts.size === 0) STARTS.set(place.file, starts)
  const key = place.path.join('\0')
  const known = starts.get(key)
  if (known) return known
  const { line, col } = spanOf(place).start
  starts.set(key, { line, col })
  return { line, col }
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
