/**
 * The YAML as people wrote it, read with `yaml` alone into plain maps. Every scalar stays text (YAML's failsafe schema):
 * money is exact, and `"NO"` is Norway. The compiler's checks are not repeated: a world is taken to be valid.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CATEGORY_TAXONOMIES } from '@flightplan/contract/schema/values.ts'
import { parse } from 'yaml'
import { number, type Tree, text, texts, tree } from './lenient.ts'
import { endOfMinute, firstMomentOf } from './time.ts'

export interface ExchangeRules {
  tree: Tree
  seats: ReadonlyMap<string, string>
  default_seat: string
  quirks: ReadonlySet<string>
  timezone: string
}
export interface LineItemRules {
  /** `campaign/line_item`. */
  id: string
  tree: Tree
  campaign: Tree
  order: Tree
  advertiser: Tree
  running: boolean
  start_ms: number
  end_ms: number
  zone: string
  priority: number
  /** Both must be true: the campaign's default and its own. */
  wheres: readonly Tree[]
  deals: readonly string[]
  open_auction: boolean
  /** Creative id → weight, in the order of the file. */
  creatives: ReadonlyMap<string, number>
}
export interface World {
  flightplan: Tree
  exchanges: ReadonlyMap<string, ExchangeRules>
  line_items: readonly LineItemRules[]
  creatives: ReadonlyMap<string, Tree>
  advertisers: ReadonlyMap<string, Tree>
  deals: ReadonlyMap<string, Tree>
  audiences: ReadonlyMap<string, { segments: readonly string[]; profile: string | null }>
  /** Inventory list id → domains, bundles and publishers. */
  lists: ReadonlyMap<string, ReadonlySet<string>>
}

/** A file of the tree: its path from the root, and what it says. */
export interface SourceFile {
  path: string
  text: string
}

type Files = ReadonlyMap<string, string>

/** `IAB1-2` → `1:IAB1-2`, `2.2:123` → `6:123`: `<cattax>:<id>`. */
export function categoryTerm(written: string): string {
  const colon = written.indexOf(':')
  const taxonomy = CATEGORY_TAXONOMIES.get(colon < 0 ? '' : written.slice(0, colon))
  if (taxonomy === undefined) throw new RangeError(`category ${written} is in no taxonomy that we know`)
  return `${taxonomy}:${written.slice(colon + 1)}`
}

function documents(files: Files): Map<string, { path: string; tree: Tree }[]> {
  const kinds = new Map<string, { path: string; tree: Tree }[]>()
  for (const [path, source] of files) {
    if (!/\.ya?ml$/.test(path)) continue
    const read = tree(parse(source, { schema: 'failsafe' }))
    const [kind = ''] = Object.keys(read)
    kinds.set(kind, [...(kinds.get(kind) ?? []), { path, tree: read }])
  }
  return kinds
}

function exchangeRules(written: Tree): ExchangeRules {
  const seats = tree(written['seats'])
  return {
    tree: written,
    seats: new Map(Object.keys(seats).map(advertiser => [advertiser, text(seats[advertiser]) ?? ''])),
    default_seat: text(written['default_seat']) ?? '',
    quirks: new Set(texts(written['quirks'])),
    timezone: text(written['timezone']) ?? 'UTC',
  }
}

/** `file` of an inventory list: one entry a line, `#` begins a comment. */
function listMembers(written: Tree, path: string, files: Files): Set<string> {
  const file = text(written['file'])
  const lines = file === null ? '' : (files.get(join(dirname(path), file)) ?? '')
  const inFile = lines.split('\n').map(line => line.replace(/#.*$/, '').trim())
  const stated = [...texts(written['domains']), ...texts(written['bundles']), ...texts(written['publishers'])]
  return new Set([...stated, ...inFile.filter(line => line !== '')])
}

/** The creative with the markup of its `tag` file put in the place of the path. */
function creativeRules(written: Tree, path: string, files: Files): Tree {
  const tag = text(written['tag'])
  return tag === null || tag.includes('<') ? written : { ...written, tag: files.get(join(dirname(path), tag)) ?? '' }
}

type Named = ReadonlyMap<string, Tree>
const named = (documents: readonly { tree: Tree }[], kind: string): Map<string, Tree> =>
  new Map(documents.map(({ tree }) => [text(tree[kind]) ?? '', tree]))

function lineItemRules(id: string, written: Tree, campaign: Tree, orders: Named, advertisers: Named): LineItemRules {
  const order = orders.get(text(campaign['order']) ?? '') ?? {}
  const outer = tree(campaign['flight'])
  const inner = tree(written['flight'])
  const zone = text(outer['timezone']) ?? 'UTC'
  const starts = [outer['start'], inner['start']].map(text).filter(time => time !== null)
  const ends = [outer['end'], inner['end']].map(text).filter(time => time !== null)
  const deals = texts(written['deals'])
  const weights = tree(written['creatives'])
  const active = (status: unknown) => (text(status) ?? 'active') === 'active'
  return {
    id: `${text(campaign['campaign'])}/${id}`,
    tree: written,
    campaign,
    order,
    advertiser: advertisers.get(text(order['advertiser']) ?? '') ?? {},
    running: active(campaign['status']) && active(written['status']),
    start_ms: Math.max(...starts.map(time => firstMomentOf(time, zone))),
    end_ms: Math.min(...ends.map(time => endOfMinute(time, zone))),
    zone,
    priority: number(written['priority']) ?? 5,
    wheres: [tree(tree(campaign['defaults'])['where']), tree(written['where'])],
    deals,
    open_auction:
      text(written['open_auction']) === null ? deals.length === 0 : text(written['open_auction']) === 'true',
    creatives: new Map(Object.keys(weights).map(creative => [creative, number(weights[creative]) ?? 1])),
  }
}

/** The world that a set of files describes. @throws RangeError, or the parser's error, when it is not valid YAML. */
export function readWorld(sources: readonly SourceFile[]): World {
  const files: Files = new Map(sources.map(({ path, text }) => [path, text]))
  const kinds = documents(files)
  const of = (kind: string) => kinds.get(kind) ?? []
  const orders = named(of('order'), 'order')
  const advertisers = named(of('advertiser'), 'advertiser')
  const campaigns = named(of('campaign'), 'campaign')
  const inline = [...campaigns.values()].flatMap(campaign =>
    Object.entries(tree(campaign['line_items'])).map(([id, item]) =>
      lineItemRules(id, tree(item), campaign, orders, advertisers),
    ),
  )
  const separate = of('line_item').map(({ tree: item }) =>
    lineItemRules(
      text(item['line_item']) ?? '',
      item,
      campaigns.get(text(item['campaign']) ?? '') ?? {},
      orders,
      advertisers,
    ),
  )
  return {
    flightplan: of('flightplan')[0]?.tree ?? {},
    exchanges: new Map([...named(of('exchange'), 'exchange')].map(([id, written]) => [id, exchangeRules(written)])),
    line_items: [...inline, ...separate],
    creatives: named(
      of('creative').map(({ path, tree }) => ({ tree: creativeRules(tree, path, files) })),
      'creative',
    ),
    advertisers,
    deals: named(of('deal'), 'deal'),
    audiences: new Map(
      [...named(of('audience'), 'audience')].map(([id, written]) => {
        const from = tree(written['from'])
        return [id, { segments: texts(from['segments']), profile: text(from['profile']) }]
      }),
    ),
    lists: new Map(
      of('inventory_list').map(({ path, tree }) => [
        text(tree['inventory_list']) ?? '',
        listMembers(tree, path, files),
      ]),
    ),
  }
}

const ROOTS = ['flightplan.yaml', 'campaigns', 'exchanges', 'models']

/** All files below the folders that people write, as {@link readWorld} takes them. */
export function readSources(directory: string): SourceFile[] {
  const below = (path: string): string[] =>
    readdirSync(join(directory, path), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name).slice(directory.length + 1))
  return ROOTS.filter(root => existsSync(join(directory, root)))
    .flatMap(root => (root.endsWith('.yaml') ? [root] : below(root)))
    .sort()
    .map(path => ({ path, text: readFileSync(join(directory, path), 'utf8') }))
}
