/** Places of predicates and rows, numbered as the snapshot numbers them. */
import type { DebugColumns, SpotColumns } from '@flightplan/contract/debug.ts'
import { type Place, spanOf } from '../resolve/world.ts'
import { Renumbering } from './pools.ts'
import type { Rows } from './rows.ts'
import type { Targeted } from './target-all.ts'

/** Words of `sources` in TargetPool for each predicate: `[file, line, col, text]`. */
const WIDTH = 4

export function debugColumns(commit: string, { items, pool }: Targeted, places: Rows['places']): DebugColumns {
  const sources = pool.sources.view()
  const total = items.reduce((sum, { predicates }) => sum + predicates, 0)
  const predicates = { ...newSpots(total), text: new Uint32Array(total) }
  const line_items = new Uint32Array(items.length)
  for (const place of [...places.creatives, ...places.campaigns]) pool.texts.id(place.file.path)
  const files = new Renumbering(pool.texts.texts.length)
  const texts = new Renumbering(pool.texts.texts.length)
  let next = 0
  items.forEach(({ source_at, predicates: n }, i) => {
    line_items[i] = next
    for (let at = source_at; at < source_at + n * WIDTH; at += WIDTH) {
      predicates.file[next] = files.of(sources[at]!) // Predicates.write() wrote it whole, here and below
      predicates.line[next] = sources[at + 1]!
      predicates.col[next] = sources[at + 2]!
      predicates.text[next++] = texts.of(sources[at + 3]!)
    }
  })
  const fileOf = (path: string) => files.of(pool.texts.id(path))
  const rows = { creatives: spotsOf(places.creatives, fileOf), campaigns: spotsOf(places.campaigns, fileOf) }
  const textsOf = ({ used }: Renumbering) => used.map(number => pool.texts.texts[number]!) // numbers of the pool
  return { commit, files: textsOf(files), texts: textsOf(texts), predicates, line_items, ...rows }
}

const newSpots = (n: number): SpotColumns => {
  return { file: new Uint32Array(n), line: new Uint32Array(n), col: new Uint32Array(n) }
}

function spotsOf(places: readonly Place[], fileOf: (path: string) => number): SpotColumns {
  const out = newSpots(places.length)
  places.forEach((place, i) => {
    const { line, col } = spanOf(place).start
    out.file[i] = fileOf(place.file.path)
    out.line[i] = line
    out.col[i] = col
  })
  return out
}
