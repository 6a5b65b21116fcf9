/**
 * A snapshot is one file of typed sections. Tables are columns, not objects, so that a worker opens a release of
 * 100,000 line items by making views over shared memory (microseconds), not by parsing it (hundreds of milliseconds).
 *
 * File: magic `FPSNAP01`, u32 header length, header JSON `{sections: [{name, type, at, n}]}`, then the sections, each
 * aligned to 8 bytes, little-endian. `at` counts from the start of the file.
 */
export const COLUMN_TYPES = {
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
  i32: Int32Array,
  f32: Float32Array,
  f64: Float64Array,
} as const

export type ColumnType = keyof typeof COLUMN_TYPES
export type ColumnArray<T extends ColumnType> = InstanceType<(typeof COLUMN_TYPES)[T]>
export type Table = Readonly<Record<string, ColumnType>>
export type Columns<T extends Table> = { readonly [K in keyof T]: ColumnArray<T[K]> }
export type Row<T extends Table> = { [K in keyof T]: number }
export interface Section {
  name: string
  type: ColumnType
  at: number
  n: number
}

interface View {
  new (buffer: ArrayBufferLike, at: number, n: number): ArrayBufferView
  BYTES_PER_ELEMENT: number
}
/** The same constructors, as makers of views over shared or plain memory. */
const VIEWS: ReadonlyMap<string, View> = new Map<string, View>(Object.entries(COLUMN_TYPES))
const MAGIC = 'FPSNAP01'
const align8 = (n: number) => (n + 7) & ~7

/**
 * Memory that V8 does not count as a reason to collect garbage. A compiler that stays makes 80 MB of columns a build,
 * and beyond 64 MB of plain buffers each build would wait 0.5 s for a full collection of a heap that hardly changed.
 */
export const largeMemory = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(bytes)

/** Columns of a table with room for n rows, all zero. */
export function newColumns<T extends Table>(table: T, n: number): Columns<T> {
  const columns = Object.entries(table).map(([name, type]) => {
    const View = VIEWS.get(type)! // it has every column type
    return [name, new View(largeMemory(n * View.BYTES_PER_ELEMENT), 0, n)]
  })
  return Object.fromEntries(columns) as Columns<T> // made from the table's own keys just above
}

/** Rows → columns. */
export function columnsOf<T extends Table>(table: T, rows: readonly Row<T>[]): Columns<T> {
  const out = newColumns(table, rows.length)
  for (const name of Object.keys(table)) {
    const column = out[name]! // name is a key of table
    for (let i = 0; i < rows.length; i++) column[i] = rows[i]![name]! // i is in range, rows have every column
  }
  return out
}

/** Sections → the bytes of one file. The same sections give the same bytes. */
export function writeSections(sections: ReadonlyMap<string, ArrayBufferView>): Uint8Array {
  const typeOf = (view: ArrayBufferView) =>
    (Object.keys(COLUMN_TYPES) as ColumnType[]).find(type => view instanceof COLUMN_TYPES[type])
  const entries = [...sections].map(([name, view]) => {
    const type = typeOf(view)
    if (!type) throw new TypeError(`section ${name} is of no column type`)
    return { name, type, view, n: view.byteLength / COLUMN_TYPES[type].BYTES_PER_ELEMENT }
  })
  const layout = (base: number) => {
    let at = base
    return entries.map(({ name, type, view, n }) => {
      const section = { name, type, at, n }
      at = align8(at + view.byteLength)
      return section
    })
  }
  // The header's length depends on the offsets that it holds: reserve its length with the largest offset first.
  const reserved = JSON.stringify({ sections: layout(1e15) }).length
  const base = align8(12 + reserved)
  const header = JSON.stringify({ sections: layout(base) }).padEnd(base - 12)
  const last = layout(base).at(-1)
  const lastView = entries.at(-1)?.view
  const out = new Uint8Array(largeMemory(last && lastView ? align8(last.at + lastView.byteLength) : base))
  out.set(Buffer.from(MAGIC, 'latin1'))
  new DataView(out.buffer).setUint32(8, header.length, true)
  out.set(Buffer.from(header, 'utf8'), 12)
  layout(base).forEach((section, i) => {
    const { view } = entries[i]! // same length as the layout
    out.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength), section.at)
  })
  return out
}

/**
 * The sections of a snapshot file as views over `buffer` (nothing is copied).
 * @throws RangeError when the bytes are not such a file; the text says what is wrong.
 */
export function readSections(buffer: ArrayBufferLike): ReadonlyMap<string, ArrayBufferView> {
  const bytes = new Uint8Array(buffer)
  if (bytes.length < 12 || Buffer.from(bytes.subarray(0, 8)).toString('latin1') !== MAGIC)
    throw new RangeError('not a snapshot: the magic bytes are missing')
  const headerLength = new DataView(bytes.slice(8, 12).buffer).getUint32(0, true)
  if (12 + headerLength > bytes.length) throw new RangeError('snapshot header is cut off')
  const { sections } = JSON.parse(Buffer.from(bytes.slice(12, 12 + headerLength)).toString('utf8')) as {
    sections: Section[]
  }
  const out = new Map<string, ArrayBufferView>()
  for (const { name, type, at, n } of sections) {
    const Type = VIEWS.get(type)
    if (!Type || at % 8 !== 0 || at + n * Type.BYTES_PER_ELEMENT > bytes.length)
      throw new RangeError(`snapshot section ${name} lies outside of the file`)
    out.set(name, new Type(buffer, at, n))
  }
  return out
}

/** The columns of one table, checked to be all there, of one length. */
export function tableOf<T extends Table>(
  sections: ReadonlyMap<string, ArrayBufferView>,
  name: string,
  table: T,
): Columns<T> {
  const columns: [string, ArrayBufferView][] = []
  let rows = -1
  for (const column of Object.keys(table)) {
    const view = sections.get(`${name}.${column}`)
    if (!(view instanceof COLUMN_TYPES[table[column]!]))
      throw new RangeError(`snapshot has no column ${name}.${column}`)
    if (rows >= 0 && view.length !== rows) throw new RangeError(`snapshot column ${name}.${column} has another length`)
    rows = view.length
    columns.push([column, view])
  }
  // Not `out[column] = view`: beyond a dozen such stores V8 makes the object a hash table, and each read a search, which
  // was a tenth of a bid's CPU.
  return Object.fromEntries(columns) as Columns<T> // each column was checked above
}
