/** Every predicate's source: what the release's debug map is made of. */
import { type Place, spanOf } from '../resolve/world.ts'
import type { StringPool, Words } from './pools.ts'

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

  /** Appends `[file, line, col, text]` of each, by number in the pool. */
  write(pool: StringPool, words: Words): void {
    for (const [id, { place }] of this.#all.entries()) {
      const { line, col } = spanOf(place).start
      words.push(pool.id(place.file.path), line, col, pool.id(this.text(id)))
    }
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
