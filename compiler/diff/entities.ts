/** World → everything that people name in it, each with its resolved fields: what {@link diffWorlds} compares. */
import { createHash } from 'node:crypto'
import { formatCpmNano, formatNano } from '@flightplan/contract/decimal.ts'
import type { CampaignNode, CreativeNode, LineItemNode, Place, World } from '../resolve/world.ts'
import { addFields, type Fields } from './fields.ts'

/** A line item is named by `campaign/line_item`, all others by their id. */
export interface Entity {
  kind: string
  id: string
  /** Null for what is shared. */
  advertiser: string | null
  campaign: string | null
  fields: Fields
  place: Place
}

const PLAIN_KINDS = ['order', 'advertiser', 'deal', 'conversion', 'audience', 'model', 'exchange'] as const

/** By `kind id`; in the order that people read: settings and shared things last. */
export function entitiesOf(world: World): Map<string, Entity> {
  const all: Entity[] = [
    ...[...world.campaigns.values()].map(campaignEntity),
    ...world.line_items.map(lineItemEntity),
    ...[...world.creatives.values()].map(creativeEntity),
    ...PLAIN_KINDS.flatMap(kind => [...world.kinds[kind].values()].map(plainEntity)),
    ...[...world.kinds.inventory_list.values()].map(file => listEntity(file, world.lists.get(file.id) ?? [])),
    plainEntity(world.flightplan),
  ]
  return new Map(all.map(entity => [`${entity.kind} ${entity.id}`, entity]))
}

const iso = (at_ms: number): string => new Date(at_ms).toISOString()

function setAmount(fields: Fields, path: string, nano: number): void {
  if (!Number.isNaN(nano)) fields.set(path, formatNano(BigInt(Math.round(nano))))
}

function campaignEntity(node: CampaignNode): Entity {
  const { line_items, defaults, flight, budget, ...rest } = node.file.value
  const fields: Fields = new Map([['status', node.file.value.status ?? 'active']])
  const { campaign, ...own } = rest
  addFields(fields, '', own)
  fields.set('flight.start', iso(node.start_ms)).set('flight.end', iso(node.end_ms)).set('flight.timezone', node.zone)
  setAmount(fields, 'budget.total', node.total_nano)
  setAmount(fields, 'budget.daily_max', node.daily_nano)
  addFields(fields, 'budget.segments', budget.segments)
  return {
    kind: 'campaign',
    id: node.id,
    advertiser: node.advertiser.id,
    campaign: node.id,
    fields,
    place: { file: node.file.file, path: [] },
  }
}

/** Defaults of the campaign are in it: a change of one shows at each line item that it changes. */
function lineItemEntity(node: LineItemNode): Entity {
  const { value, campaign, bidKind } = node
  const fields: Fields = new Map()
  fields.set('status', value.status ?? 'active').set('priority', String(node.tier))
  fields.set(`bid.${bidKind}`, bidKind === 'cpm' ? formatCpmNano(node.bid_nano) : formatNano(BigInt(node.bid_nano)))
  // Of a CPM bid the cap says something only where it is below the bid.
  if (!Number.isNaN(node.max_nano) && (bidKind !== 'cpm' || node.max_nano < node.bid_nano))
    fields.set('bid.max_cpm', formatCpmNano(node.max_nano))
  fields.set('flight.start', iso(node.start_ms)).set('flight.end', iso(node.end_ms))
  setAmount(fields, 'budget.total', node.total_nano)
  setAmount(fields, 'budget.daily_max', node.daily_nano)
  addFields(fields, 'budget.impressions', value.budget?.impressions)
  addFields(fields, 'name', value.name)
  fields.set('open_auction', String(node.open_auction))
  fields.set('deals', node.deals.map(({ id }) => id).sort())
  for (const { creative, weight } of node.creatives) fields.set(`creatives.${creative.id}`, String(weight))
  if (node.ctrModel !== null) fields.set('model.ctr', node.ctrModel)
  if (node.cvrModel !== null) fields.set('model.cvr', node.cvrModel)
  for (const { where } of node.wheres) addWhere(fields, where)
  return {
    kind: 'line_item',
    id: node.id,
    advertiser: campaign.advertiser.id,
    campaign: campaign.id,
    fields,
    place: node.place,
  }
}

/** Two wheres are ANDed: where both speak of one attribute, both are kept. */
function addWhere(fields: Fields, where: unknown): void {
  const own: Fields = new Map()
  addFields(own, 'where', where)
  for (const [path, value] of own) fields.set(fields.has(path) ? `${path} (and)` : path, value)
}

function creativeEntity({ id, file, advertiser, markup }: CreativeNode): Entity {
  const entity = plainEntity(file)
  if (markup !== null) entity.fields.set('markup', `sha256:${createHash('sha256').update(markup).digest('hex')}`)
  return { ...entity, id, advertiser: advertiser.id }
}

interface PlainFile {
  kind: string
  id: string
  value: object
  file: Place['file']
}

function plainEntity({ kind, id, value, file }: PlainFile): Entity {
  const fields: Fields = new Map()
  const { [kind]: _id, ...rest } = value as Record<string, unknown> // a map, by its schema
  addFields(fields, '', rest)
  const { advertiser } = rest
  const owner = kind === 'advertiser' ? id : typeof advertiser === 'string' ? advertiser : null
  return {
    kind,
    id: kind === 'flightplan' ? 'flightplan.yaml' : id,
    advertiser: owner,
    campaign: null,
    fields,
    place: { file, path: [] },
  }
}

/** Members wherever they are written: in the YAML, or in the file that it names. */
function listEntity(file: PlainFile, members: readonly string[]): Entity {
  const fields: Fields = new Map([['members', members.toSorted()]])
  addFields(fields, 'name', (file.value as { name?: string }).name) // optional in its schema
  return {
    kind: file.kind,
    id: file.id,
    advertiser: null,
    campaign: null,
    fields,
    place: { file: file.file, path: [] },
  }
}
