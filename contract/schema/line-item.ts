/** A line item: what is bought, at what price, with which creatives. Inline in its campaign or in a file of its own. */
import Type, { type Static } from 'typebox'
import { exactlyOne, listOf, mapOf, object, optional, words } from './build.ts'
import { Amount, Cpm, ID_PATTERN, Id, LocalTime, Name, Percent, Positive, Ref, Timezone } from './scalars.ts'
import { WhereRef } from './where.ts'

export const STATUSES = ['draft', 'active', 'paused', 'ended'] as const
export const Status = words(STATUSES, 'draft, active, paused or ended; only active bids. Default: active.')

export const CampaignFlight = object(
  {
    start: LocalTime('First minute in which it runs, quoted local time.'),
    end: LocalTime('Last minute in which it runs, quoted local time.'),
    timezone: Timezone('Zone of all times of the campaign, and of the day of daily budgets.'),
  },
  'When it runs.',
)
export const LineItemFlight = object(
  {
    start: optional(LocalTime('First minute in which it runs. Default: the campaign’s.')),
    end: optional(LocalTime('Last minute in which it runs. Default: the campaign’s.')),
  },
  'When it runs, inside of the campaign’s flight and in its zone.',
)

const MaxCpm = optional(Cpm('No bid is above this CPM, whatever the prediction. Default: the campaign’s defaults.bid.'))
/** `cpm` bids that price; `cpc` is worth pCTR × cpc; `cpa` is worth pCTR × pCVR × cpa. In the order's currency. */
export const BidSchema = exactlyOne(
  {
    cpm: Cpm('Price per thousand impressions.'),
    cpc: Amount('Value of a click; the bid is this times the predicted click rate.'),
    cpa: Amount('Value of a conversion; the bid is this times the predicted click and conversion rates.'),
  },
  {
    max_cpm: MaxCpm,
    shading: optional(words(['none'], 'First-price shading; only none so far.')),
    model: optional(Ref('model', 'Click model of a cpc bid. Default: the one whose used_by covers the format.')),
    model_ctr: optional(Ref('model', 'Click model of a cpa bid.')),
    model_cvr: optional(Ref('model', 'Conversion model of a cpa bid.')),
    conversion: optional(Ref('conversion', 'What a cpa bid counts. Default: goal.conversion of the campaign.')),
  },
  {
    description: 'Exactly one of cpm, cpc and cpa, in the currency of the order.',
    needs: { model: ['cpc'], model_ctr: ['cpa'], model_cvr: ['cpa'], conversion: ['cpa'] },
  },
)
export type Bid = Static<typeof BidSchema>

const Budget = Type.Unsafe<{ total?: string; share?: string; daily_max?: string; impressions?: number }>({
  type: 'object',
  properties: {
    total: Amount('Total spend of the line item.'),
    share: Percent('Total spend as a share of the campaign’s total.'),
    daily_max: Amount('Most spend of one day in the campaign’s zone.'),
    impressions: Positive('Impressions after which it stops, if the money lasts.', 1_000_000_000_000),
  },
  additionalProperties: false,
  minProperties: 1,
  not: { required: ['total', 'share'] },
  description: 'Limits of the line item; whichever is reached first stops it. At most one of total and share.',
})

/** All fields but the ids, for the inline form. */
export const LINE_ITEM_FIELDS = {
  name: optional(Name()),
  status: optional(Status),
  priority: optional(
    Type.Integer({
      minimum: 1,
      maximum: 9,
      description: '1 guaranteed … 9 filler. Ties by expected value. Default: 5.',
    }),
  ),
  flight: optional(LineItemFlight),
  budget: optional(Budget),
  bid: BidSchema,
  deals: optional(listOf(Ref('deal'), 'Our ids of the deals that it buys.')),
  open_auction: optional(
    Type.Boolean({ description: 'Whether it bids without a deal. Default: true, or false when it lists deals.' }),
  ),
  creatives: mapOf(
    { pattern: ID_PATTERN },
    Positive('Rotation weight, relative to the others that fit.', 1_000_000),
    'Creative id → rotation weight.',
  ),
  where: optional(WhereRef),
}
export const InlineLineItemSchema = object(LINE_ITEM_FIELDS, 'A line item.')
/** A line item as written under its campaign's `line_items`; the key is its id. */
export type LineItem = Static<typeof InlineLineItemSchema>

export const LineItemSchema = object(
  { line_item: Id('Id of the line item, unique in its campaign.'), campaign: Ref('campaign'), ...LINE_ITEM_FIELDS },
  'A line item in a file of its own.',
)
/** A line item in a file of its own. */
export type LineItemFile = Static<typeof LineItemSchema>
