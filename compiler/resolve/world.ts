/** The configuration as one graph: every reference followed, every default filled in. What `lower/` reads. */

import type { LineItem } from '@flightplan/contract/schema/line-item.ts'
import type { Where } from '@flightplan/contract/schema/where.ts'
import type { BID_KINDS } from '@flightplan/contract/snapshot.ts'
import type { ParsedFile } from '../parse.ts'
import type { ValidFileOf } from '../validate.ts'
import type { Path } from '../yaml-tree.ts'

/** A value of a file; its line and column are worked out when somebody asks. */
export interface Place {
  file: Pick<ParsedFile, 'path' | 'at' | 'keyAt'>
  path: Path
}

export const under = (place: Place, ...steps: (string | number)[]): Place => ({
  file: place.file,
  path: [...place.path, ...steps],
})
/** The key itself: ids of maps are shown there, not at what follows. */
export const atKey = ({ file, path }: Place): Place => ({
  file: { path: file.path, at: file.keyAt, keyAt: file.keyAt },
  path,
})
export const spanOf = (place: Place) => place.file.at(place.path)
export const keySpanOf = (place: Place) => place.file.keyAt(place.path)

export interface CampaignNode {
  id: string
  file: ValidFileOf<'campaign'>
  order: ValidFileOf<'order'>
  advertiser: ValidFileOf<'advertiser'>
  zone: string
  start_ms: number
  /** Excluded. */
  end_ms: number
  daily_nano: number
  total_nano: number
  /** False when it, by its status, does not bid. */
  active: boolean
}

export interface CreativeNode {
  id: string
  file: ValidFileOf<'creative'>
  advertiser: ValidFileOf<'advertiser'>
  /** Markup of `tag`: inline or of the file that it names; null without one. */
  markup: string | null
}

export interface LineItemNode {
  /** `campaign/line_item`. */
  id: string
  campaign: CampaignNode
  value: LineItem
  /** Where the line item is written: the root of its own file, or its entry in the campaign. */
  place: Place
  tier: number
  bidKind: (typeof BID_KINDS)[number]
  /** In the order's currency: see the snapshot's columns of the same names. */
  bid_nano: number
  max_nano: number
  /** The same in US dollars by the planning rates: orders candidates of different currencies and nothing else. */
  planning_nano: number
  start_ms: number
  end_ms: number
  daily_nano: number
  total_nano: number
  active: boolean
  open_auction: boolean
  deals: ValidFileOf<'deal'>[]
  creatives: { creative: CreativeNode; weight: number }[]
  /** ANDed: the campaign's default, then its own. */
  wheres: { where: Where; place: Place }[]
  ctrModel: string | null
  cvrModel: string | null
}

/** Kinds that others refer to by id. */
export const NAMED_KINDS = [
  'order',
  'advertiser',
  'campaign',
  'creative',
  'deal',
  'conversion',
  'audience',
  'inventory_list',
  'model',
  'exchange',
] as const
export type NamedKind = (typeof NAMED_KINDS)[number]
export type Kinds = { [K in NamedKind]: ReadonlyMap<string, ValidFileOf<K>> }

export interface World {
  flightplan: ValidFileOf<'flightplan'>
  /** Files of each kind by id. */
  kinds: Kinds
  campaigns: ReadonlyMap<string, CampaignNode>
  creatives: ReadonlyMap<string, CreativeNode>
  /** All of them, draft and paused ones too. */
  line_items: readonly LineItemNode[]
  /** Members of inventory lists by list id: `domain:news.example`, `bundle:…`, `publisher:…`. */
  lists: ReadonlyMap<string, readonly string[]>
}
