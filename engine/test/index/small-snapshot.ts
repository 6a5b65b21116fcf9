/** Snapshots that are nothing but an index: written by hand through contract/columns.ts, as the compiler would. */
import { columnsOf, type Row, type Table, writeSections } from '@flightplan/contract/columns.ts'
import {
  BLOCK_WORDS,
  NONE,
  SECTIONS,
  SNAPSHOT_FORMAT,
  type SnapshotMeta,
  TABLES,
} from '@flightplan/contract/snapshot.ts'
import { openSnapshot, type Snapshot } from '../../snapshot.ts'

/** What a conjunction says of one attribute, by values 0 … n - 1. `in` null: it does not ask. */
export interface Constraint {
  in: readonly number[] | null
  not: readonly number[]
}
export interface IndexSpec {
  /** Number of values of each attribute. */
  values: readonly number[]
  /** conjunctions × attributes */
  conjunctions: readonly (readonly Constraint[])[]
  /** Whether the n-th posting list is a bitmap. */
  isDense(n: number): boolean
  programs?: readonly number[]
  term_lists?: readonly number[]
}

type TermRow = { -readonly [K in keyof Row<typeof TABLES.term>]: number }

interface Draft {
  postings: number[]
  bitmaps: number[]
  terms: TermRow[]
}

export function smallSnapshot(spec: IndexSpec): Snapshot {
  const { conjunctions, values } = spec
  const blocks = Math.ceil(conjunctions.length / (32 * BLOCK_WORDS))
  const words = blocks * BLOCK_WORDS
  const draft: Draft = { postings: [], bitmaps: [], terms: [] }
  const open_blocks = new Uint8Array(values.length * blocks).fill(1)
  const attributes = values.map((n, a) => {
    const first_term = draft.terms.length
    for (let value = 0; value < n; value++) draft.terms.push(termRow(spec, draft, words, a, value))
    const asking = ids(conjunctions, row => row[a]?.in != null)
    for (const id of asking) open_blocks[a * blocks + Math.floor(id / (32 * BLOCK_WORDS))] = 0
    const base_at =
      asking.length === 0
        ? -1
        : bitmap(
            draft,
            words,
            ids(conjunctions, row => row[a]?.in == null),
          )
    const has_not = conjunctions.some(row => (row[a]?.not.length ?? 0) > 0)
    return { name: `attribute-${a}`, first_term, terms: n, bounds_at: 0, bounds_n: 0, base_at, has_not }
  })
  return open(spec, draft, { attributes, conjunctions: conjunctions.length, words }, open_blocks)
}

const ids = (rows: IndexSpec['conjunctions'], holds: (row: readonly Constraint[]) => boolean): number[] =>
  rows.flatMap((row, id) => (holds(row) ? [id] : []))

function bitmap(draft: Draft, words: number, members: readonly number[]): number {
  const at = draft.bitmaps.length
  const bits = new Uint32Array(words)
  for (const id of members) bits[id >>> 5] = (bits[id >>> 5]! | (1 << (id & 31))) >>> 0 // below `words`
  draft.bitmaps.push(...bits)
  return at
}

function termRow(spec: IndexSpec, draft: Draft, words: number, attribute: number, value: number): TermRow {
  const list = (side: 'in' | 'not') => {
    const members = ids(spec.conjunctions, row => row[attribute]?.[side]?.includes(value) ?? false)
    if (members.length === 0) return { kind: 0, at: 0, n: 0 }
    const isDense = spec.isDense(draft.terms.length * 2 + (side === 'in' ? 0 : 1))
    if (isDense) return { kind: 2, at: bitmap(draft, words, members), n: words }
    const at = draft.postings.length
    draft.postings.push(...members)
    return { kind: 1, at, n: members.length }
  }
  const [ins, nots] = [list('in'), list('not')]
  return {
    ...{ value_str: NONE, in_kind: ins.kind, in_at: ins.at, in_n: ins.n },
    ...{ not_kind: nots.kind, not_at: nots.at, not_n: nots.n },
  }
}

function open(
  { programs = [], term_lists = [] }: IndexSpec,
  { postings, bitmaps, terms }: Draft,
  index: Pick<SnapshotMeta, 'attributes' | 'conjunctions' | 'words'>,
  open_blocks: Uint8Array,
): Snapshot {
  const nothing = { zones: [], orders: [], advertisers: [], deals: [], audiences: [], circles: [], lists: [] }
  const none = {
    exchanges: [],
    models: [],
    rules: [],
    limits: { max_snapshot_bytes: 0, max_line_items: 0 },
    planning_rates: {},
  }
  const meta: SnapshotMeta = { format: SNAPSHOT_FORMAT, vendor_id: 1, ...index, ...nothing, ...none }
  const empty = Object.keys(SECTIONS).map((name): [string, ArrayBufferView] => [name, emptySection(name)])
  const tables = Object.entries(TABLES).flatMap(([name, table]) => columns(name, table, name === 'term' ? terms : []))
  const sections = new Map<string, ArrayBufferView>([
    ...empty,
    ...tables,
    ['meta', new TextEncoder().encode(JSON.stringify(meta))],
    ['string_at', new Uint32Array(1)],
    ['dictionary', new Uint32Array(2)],
    ['conjunction_line_item', Uint32Array.from({ length: index.conjunctions }, (_, i) => i)],
    ['postings', Uint32Array.from(postings)],
    ['bitmaps', Uint32Array.from(bitmaps)],
    ['open_blocks', open_blocks],
    ['programs', Uint32Array.from(programs)],
    ['term_lists', Uint32Array.from(term_lists)],
  ])
  return openSnapshot(Uint8Array.from(writeSections(sections)).buffer)
}

function emptySection(name: string): ArrayBufferView {
  const type = SECTIONS[name as keyof typeof SECTIONS] // its own key
  return type === 'u8' ? new Uint8Array() : type === 'f64' ? new Float64Array() : new Uint32Array()
}

function columns<T extends Table>(name: string, table: T, rows: readonly TermRow[]): [string, ArrayBufferView][] {
  const filled = columnsOf(table, rows as unknown as Row<T>[]) // only the term table has rows here, and they are its own
  return Object.entries(filled).map(([column, view]) => [`${name}.${column}`, view as ArrayBufferView]) // columns are views
}
