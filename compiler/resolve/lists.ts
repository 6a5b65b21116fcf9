/** Inventory lists → their members. */
import type { InventoryList } from '@flightplan/contract/schema/inventory-list.ts'
import type { ValidFileOf } from '../validate.ts'
import { type Context, fail, placeIn } from './context.ts'
import { besides, sideText } from './side-files.ts'

const KINDS = { domains: 'domain', bundles: 'bundle', publishers: 'publisher' } as const

export function resolveLists(context: Context): Map<string, string[]> {
  const lists = new Map<string, string[]>()
  for (const file of context.kinds.inventory_list.values()) {
    const source = context.side.get(besides(file.file.path, file.value.file ?? ''))?.blob_id
    const { members } = context.kept.lists.of(
      context,
      file,
      known => known.source === source,
      own => ({ members: membersOf(own, file), source }),
    )
    lists.set(file.id, members)
  }
  return lists
}

function membersOf(context: Context, file: ValidFileOf<'inventory_list'>): string[] {
  const list = file.value
  const kinds = ['domains', 'bundles', 'publishers'] as const
  const stated = kinds.flatMap(kind => (list[kind] ?? []).map(entry => member(kind, entry)))
  list.publishers?.forEach((publisher, i) => {
    const exchange = publisher.slice(0, publisher.indexOf('/'))
    if (!context.kinds.exchange.has(exchange))
      fail(context, 'FP3001', placeIn(file, 'publishers', i), `there is no exchange "${exchange}"`)
  })
  return [...new Set([...stated, ...linesOf(context, file)])]
}

/** One entry a line; `#` begins a comment. */
function linesOf(context: Context, file: ValidFileOf<'inventory_list'>): string[] {
  const { file: name, of = 'domains' } = file.value
  if (name === undefined) return []
  const text = sideText(context, file.file.path, name)
  if (text === null) {
    fail(context, 'FP3020', placeIn(file, 'file'), `there is no file ${besides(file.file.path, name)}`)
    return []
  }
  const lines = text.split(/\r?\n/).map(line => line.replace(/#.*$/, '').trim())
  const wrong = lines.findIndex(line => line !== '' && !FORM[of].test(line))
  if (wrong >= 0)
    fail(
      context,
      'FP2007',
      placeIn(file, 'file'),
      `line ${wrong + 1} of ${name}, "${lines[wrong]?.slice(0, 80)}", is none of ${of}`,
    )
  return lines.filter(line => line !== '').map(line => member(of, line))
}

const FORM: Readonly<Record<NonNullable<InventoryList['of']>, RegExp>> = {
  domains: /^[A-Za-z0-9.-]+\.[A-Za-z0-9-]+$/,
  bundles: /^\S+$/,
  publishers: /^[A-Za-z0-9._-]+\/\S+$/,
}

const member = (kind: keyof typeof KINDS, entry: string): string =>
  `${KINDS[kind]}:${kind === 'domains' ? entry.toLowerCase().replace(/^www\./, '') : entry}`
