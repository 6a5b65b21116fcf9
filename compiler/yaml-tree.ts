/**
 * Where every value of a file stands in its text, in a flat table: one row per value, in the order of the text. It costs
 * 20 bytes a value; a tree of node objects took ten times that, and 100,000 files are in memory at once.
 */
export type Path = readonly (string | number)[]

/** Half-open range of offsets (UTF-16 units). */
export interface Range {
  start: number
  end: number
}

/** Columns of a row: the value, its key (equal ends in lists and at the root), and the rows below it plus one. */
const START = 0
const END = 1
const KEY_START = 2
const KEY_END = 3
const SIZE = 4
const WIDTH = 5

export interface YamlTree {
  rows: Uint32Array
  /** Key of each row; '' in lists and at the root. */
  keys: string[]
}

/** A table that is being filled: open a row before its children, close it after them. */
export interface TreeBuilder {
  cells: number[]
  keys: string[]
}

export const newTree = (): TreeBuilder => ({ cells: [], keys: [] })

/** Begins the row of a value; `key` is the range of its key, or null. Returns the number to close it by. */
export function openRow(tree: TreeBuilder, name: string, keyStart: number, keyEnd: number, start: number): number {
  tree.cells.push(start, start, keyStart, keyEnd, 1)
  return tree.keys.push(name) - 1
}

export function closeRow(tree: TreeBuilder, row: number, end: number): void {
  tree.cells[row * WIDTH + END] = end
  tree.cells[row * WIDTH + SIZE] = tree.keys.length - row
}

/** End of a row that is closed. */
export const endOfRow = (tree: TreeBuilder, row: number): number => tree.cells[row * WIDTH + END] ?? 0

export const sealTree = (tree: TreeBuilder): YamlTree => ({
  rows: Uint32Array.from(tree.cells),
  keys: tree.keys.slice(), // a list that grew has a third to spare, and 100,000 files stay in memory
})

/** Range of the value at a path; of the nearest value above it where the path leads nowhere. */
export function valueRange(tree: YamlTree, path: Path): Range {
  const row = findRow(tree, path)
  return { start: cell(tree, row, START), end: cell(tree, row, END) }
}

/** Range of the key of the value at a path; of the value itself in lists and at the root. */
export function keyRange(tree: YamlTree, path: Path): Range {
  const row = findRow(tree, path)
  const range = { start: cell(tree, row, KEY_START), end: cell(tree, row, KEY_END) }
  return range.start === range.end ? valueRange(tree, path) : range
}

function findRow(tree: YamlTree, path: Path): number {
  let row = 0
  for (const step of path) {
    const child = childRow(tree, row, step)
    if (child < 0) return row
    row = child
  }
  return row
}

function childRow(tree: YamlTree, row: number, step: string | number): number {
  const end = row + cell(tree, row, SIZE)
  let index = 0
  for (let child = row + 1; child < end; child += cell(tree, child, SIZE)) {
    if (typeof step === 'number' ? index === step : tree.keys[child] === step) return child
    index++
  }
  return -1
}

/** 0 beyond the table: an empty file has no rows, and its place is the beginning. */
function cell(tree: YamlTree, row: number, column: number): number {
  return tree.rows[row * WIDTH + column] ?? 0
}
