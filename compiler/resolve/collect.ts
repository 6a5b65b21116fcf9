/** Files → maps by kind and id. */
import type { Diagnostic } from '@flightplan/contract/diagnostic.ts'
import { error } from '../diagnostics.ts'
import type { ValidFile, ValidFileOf } from '../validate.ts'
import { type Kinds, NAMED_KINDS, type NamedKind } from './world.ts'

export interface Collected {
  kinds: Kinds
  flightplan: ValidFileOf<'flightplan'> | null
  /** Line items in files of their own, by `campaign/line_item`. */
  lineItems: ReadonlyMap<string, ValidFileOf<'line_item'>>
  diagnostics: Diagnostic[]
}

const isNamed = (kind: string): kind is NamedKind => (NAMED_KINDS as readonly string[]).includes(kind)
const byId = (a: ValidFile, b: ValidFile): number =>
  a.id < b.id ? -1 : a.id > b.id ? 1 : a.file.path < b.file.path ? -1 : 1

export function collect(files: readonly ValidFile[]): Collected {
  const maps = Object.fromEntries(NAMED_KINDS.map(kind => [kind, new Map<string, ValidFile>()]))
  const lineItems = new Map<string, ValidFileOf<'line_item'>>()
  const out: { flightplan: Collected['flightplan']; diagnostics: Diagnostic[] } = { flightplan: null, diagnostics: [] }
  const add = <F extends ValidFile>(map: Map<string, F>, id: string, file: F) => {
    const first = map.get(id)
    if (first) out.diagnostics.push(duplicate(file, first))
    else map.set(id, file)
  }
  for (const file of files.toSorted(byId)) {
    if (file.kind === 'flightplan') out.flightplan ??= file
    else if (file.kind === 'line_item') add(lineItems, `${file.value.campaign}/${file.id}`, file)
    else if (isNamed(file.kind)) add(maps[file.kind]!, file.id, file) // one map per named kind was just made
  }
  return { kinds: maps as unknown as Kinds, lineItems, ...out } // each map was filled with files of its kind only
}

function duplicate(file: ValidFile, first: ValidFile): Diagnostic {
  const span = file.file.at([file.kind])
  return error('FP3002', span, `there are two of ${file.kind} "${file.id}"`, {
    notes: [{ message: 'the other one', span: first.file.at([first.kind]) }],
    fix: 'rename the newer one',
  })
}
