/** Changes of a configuration at random, on its YAML: such as reduce, such as do not, and such as may do either. */
import { type Document, isMap, parseDocument } from 'yaml'
import { randomWhere } from '../oracle/random-where.ts'
import type { SourceFile } from '../oracle/world.ts'
import type { Random } from '../traffic/random.ts'

export interface Edit {
  name: string
  /** Whether the compiler must see that it can only reduce; null: it depends on what is there. */
  reduces: boolean | null
  /** False: there is nothing here to change in that way. @param item path of a line item @param campaign its file */
  apply(random: Random, campaign: Document, item: readonly string[]): boolean
}

const scale = (document: Document, path: readonly string[], factor: number): boolean => {
  const value = document.getIn(path)
  if (value === undefined) return false
  document.setIn(path, Math.max(0.01, Number(value) * factor).toFixed(2))
  return true
}
const set = (document: Document, path: readonly string[], value: unknown): boolean => {
  document.setIn(path, document.createNode(value))
  return true
}
const keysOf = (document: Document, path: readonly string[]): string[] => {
  const node = document.getIn(path)
  return isMap(node) ? node.items.map(({ key }) => String(key)) : []
}
const plain = (document: Document, path: readonly string[]): unknown => {
  const node = document.getIn(path)
  return typeof node === 'object' && node !== null && 'toJSON' in node ? (node as { toJSON(): unknown }).toJSON() : node // a node of yaml
}

export const EDITS: readonly Edit[] = [
  { name: 'pause a line item', reduces: true, apply: (_, doc, item) => set(doc, [...item, 'status'], 'paused') },
  { name: 'pause a campaign', reduces: true, apply: (_, doc) => set(doc, ['status'], 'paused') },
  {
    name: 'lower a bid',
    reduces: true,
    apply: (random, doc, item) => scale(doc, [...item, 'bid', 'cpm'], 0.2 + 0.7 * random.unit()),
  },
  {
    name: 'add a low cap',
    reduces: true,
    apply: (_, doc, item) =>
      !doc.hasIn([...item, 'bid', 'max_cpm']) &&
      !doc.hasIn(['defaults', 'bid']) &&
      set(doc, [...item, 'bid', 'max_cpm'], '1.50'),
  },
  {
    name: 'lower the budget',
    reduces: true,
    apply: (random, doc) => scale(doc, ['budget', 'total'], 0.5 * random.unit()),
  },
  { name: 'add a daily limit', reduces: true, apply: (_, doc) => set(doc, ['budget', 'daily_max'], '10') },
  { name: 'end earlier', reduces: true, apply: (_, doc) => set(doc, ['flight', 'end'], '2027-06-16 11:00') },
  {
    name: 'remove a line item',
    reduces: true,
    apply: (_, doc, item) => keysOf(doc, ['line_items']).length > 1 && doc.deleteIn(item),
  },
  {
    name: 'remove a creative',
    reduces: true,
    apply: (random, doc, item) => {
      const creatives = keysOf(doc, [...item, 'creatives'])
      return creatives.length > 1 && doc.deleteIn([...item, 'creatives', random.pick(creatives)])
    },
  },
  {
    name: 'target more narrowly',
    reduces: true,
    apply: (random, doc, item) => {
      const old = plain(doc, [...item, 'where'])
      const more = randomWhere(random, 2)
      return set(doc, [...item, 'where'], old === undefined ? more : { all: [old, more] })
    },
  },
  {
    name: 'exclude countries',
    reduces: true,
    apply: (_, doc, item) => {
      const old = plain(doc, [...item, 'where'])
      const more = { geo: { country: { not: ['DE', 'FR', 'GB'] } } }
      return set(doc, [...item, 'where'], old === undefined ? more : { all: [old, more] })
    },
  },
  {
    name: 'raise a bid',
    reduces: null,
    apply: (random, doc, item) => scale(doc, [...item, 'bid', 'cpm'], 1.1 + random.unit()),
  },
  {
    name: 'change a cap',
    reduces: null,
    apply: (random, doc, item) => scale(doc, [...item, 'bid', 'max_cpm'], 0.5 + random.unit()),
  },
  {
    name: 'remove the targeting',
    reduces: false,
    apply: (_, doc, item) => doc.hasIn([...item, 'where']) && doc.deleteIn([...item, 'where']),
  },
  {
    name: 'other targeting',
    reduces: null,
    apply: (random, doc, item) => set(doc, [...item, 'where'], randomWhere(random, 1)),
  },
  {
    name: 'target one of two',
    reduces: null,
    apply: (random, doc, item) => {
      const old = plain(doc, [...item, 'where'])
      return old !== undefined && set(doc, [...item, 'where'], { any: [old, randomWhere(random, 1)] })
    },
  },
  {
    name: 'other deals',
    reduces: null,
    apply: (_, doc, item) => {
      const deals = plain(doc, [...item, 'deals'])
      return (
        Array.isArray(deals) &&
        (deals.length > 1 ? set(doc, [...item, 'deals'], deals.slice(1)) : doc.deleteIn([...item, 'deals']))
      )
    },
  },
  {
    name: 'the open auction too',
    reduces: null,
    apply: (_, doc, item) => doc.hasIn([...item, 'deals']) && set(doc, [...item, 'open_auction'], true),
  },
  {
    name: 'another line item',
    reduces: false,
    apply: (_, doc, item) => set(doc, ['line_items', 'line-99'], { ...(plain(doc, item) as object), where: undefined }),
  },
  {
    name: 'another priority',
    reduces: null,
    apply: (random, doc, item) => set(doc, [...item, 'priority'], random.int(1, 9)),
  },
  {
    name: 'resume',
    reduces: null,
    apply: (_, doc, item) => doc.hasIn([...item, 'status']) && set(doc, [...item, 'status'], 'active'),
  },
  { name: 'run longer', reduces: null, apply: (_, doc) => set(doc, ['flight', 'end'], '2027-12-31 23:59') },
  { name: 'a higher budget', reduces: false, apply: (_, doc) => scale(doc, ['budget', 'total'], 2) },
]

/** Places to look for one where an edit applies. */
const TRIES = 30

/** The files with one line item, or its campaign, edited. Null: the edit applies nowhere, as far as was looked. */
export function edited(random: Random, sources: readonly SourceFile[], edit: Edit): SourceFile[] | null {
  const campaigns = sources.filter(({ path }) => path.endsWith('/campaign.yaml'))
  for (let tries = 0; tries < TRIES; tries++) {
    const chosen = random.pick(campaigns)
    const document = parseDocument(chosen.text)
    const item = ['line_items', random.pick(keysOf(document, ['line_items']))]
    if (!edit.apply(random, document, item)) continue
    return sources.map(source => (source === chosen ? { ...source, text: String(document) } : source))
  }
  return null
}
