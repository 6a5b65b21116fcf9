/** Every kind of file, and the JSON Schemas that editors read. */
import type { TSchema } from 'typebox'
import { type Advertiser, AdvertiserSchema } from './advertiser.ts'
import { type Audience, AudienceSchema } from './audience.ts'
import { type Campaign, CampaignSchema } from './campaign.ts'
import { type CampaignTest, CampaignTestSchema } from './campaign-test.ts'
import { type Conversion, ConversionSchema } from './conversion.ts'
import { type Creative, CreativeSchema } from './creative.ts'
import { type Deal, DealSchema } from './deal.ts'
import { type Exchange, ExchangeSchema } from './exchange.ts'
import { type Flightplan, FlightplanSchema } from './flightplan.ts'
import { type InventoryList, InventoryListSchema } from './inventory-list.ts'
import { type LineItemFile, LineItemSchema } from './line-item.ts'
import { type ModelBinding, ModelBindingSchema } from './model-binding.ts'
import { type Order, OrderSchema } from './order.ts'
import { type PacingStrategy, PacingStrategySchema } from './pacing-strategy.ts'
import { WhereSchema } from './where.ts'

/** Kind (the first key of a file) → its schema. */
export const SCHEMAS = {
  flightplan: FlightplanSchema,
  order: OrderSchema,
  advertiser: AdvertiserSchema,
  campaign: CampaignSchema,
  line_item: LineItemSchema,
  creative: CreativeSchema,
  deal: DealSchema,
  conversion: ConversionSchema,
  audience: AudienceSchema,
  inventory_list: InventoryListSchema,
  pacing: PacingStrategySchema,
  model: ModelBindingSchema,
  exchange: ExchangeSchema,
  test: CampaignTestSchema,
} as const satisfies Record<string, TSchema>

export type Kind = keyof typeof SCHEMAS
export const KINDS = Object.keys(SCHEMAS) as Kind[] // keys of an object literal are its declared keys
export const isKind = (word: string): word is Kind => Object.hasOwn(SCHEMAS, word)

/** Kind → the type of its file. */
export interface KindTypes {
  flightplan: Flightplan
  order: Order
  advertiser: Advertiser
  campaign: Campaign
  line_item: LineItemFile
  creative: Creative
  deal: Deal
  conversion: Conversion
  audience: Audience
  inventory_list: InventoryList
  pacing: PacingStrategy
  model: ModelBinding
  exchange: Exchange
  test: CampaignTest
}

/** A JSON value, as plain as `JSON.parse` makes it. */
export type JsonSchema = { [key: string]: unknown }

/** JSON Schema 2020-12 of one kind, self-contained: `.schema/<kind>.json`. */
export function jsonSchema(kind: Kind): JsonSchema {
  const schema = SCHEMAS[kind]
  const $defs = JSON.stringify(schema).includes('"#/$defs/where"') ? { where: WhereSchema } : undefined
  const head = { $schema: 'https://json-schema.org/draft/2020-12/schema', title: kind }
  // stringify drops TypeBox's hidden marks, so that editors and validators see JSON Schema only
  return JSON.parse(JSON.stringify({ ...head, ...schema, ...($defs ? { $defs } : {}) })) as JsonSchema
}

/** Path → content of every schema file for editors. */
export function schemaFiles(): Map<string, string> {
  return new Map(KINDS.map(kind => [`.schema/${kind}.json`, `${JSON.stringify(jsonSchema(kind), null, 2)}\n`]))
}
