/** A campaign: budget, flight, and its line items. */
import type { Static } from 'typebox'
import { mapOf, object, optional } from './build.ts'
import { CampaignFlight, InlineLineItemSchema, Status } from './line-item.ts'
import { Owner } from './owner.ts'
import { Amount, Cpm, FilePath, ID_PATTERN, Id, LocalDate, Name, Ref } from './scalars.ts'
import { WhereRef } from './where.ts'

const Segment = object({
  from: LocalDate('First day.'),
  to: LocalDate('Last day.'),
  amount: Amount('Most spend between these days.'),
})

export const CampaignSchema = object(
  {
    campaign: Id('Id of the campaign, unique in the repository.'),
    name: optional(Name()),
    order: Ref('order', 'The order that pays for it; amounts are in its currency.'),
    status: optional(Status),
    owner: optional(Owner),
    labels: optional(
      mapOf({ pattern: ID_PATTERN }, Name('Value of the label.'), 'Labels by name, for policies/admission to ask for.'),
    ),
    flight: CampaignFlight,
    budget: object(
      {
        total: Amount('Total spend. Line items may add up to more; this is the cap.'),
        daily_max: optional(Amount('Most spend of one day in the zone of the flight.')),
        segments: optional(mapOf({ pattern: ID_PATTERN }, Segment, 'Parts of the flight with an amount of their own.')),
      },
      'Limits of spend, in the currency of the order, as its budget_counts defines spend.',
    ),
    goal: optional(object({ conversion: Ref('conversion', 'What cpa bids of the campaign count.') })),
    defaults: optional(
      object(
        {
          bid: optional(object({ max_cpm: Cpm('Used by line items whose bid has no max_cpm.') })),
          where: optional(WhereRef),
        },
        'For every line item: bid fields it does not set, and a where that is ANDed to its own.',
      ),
    ),
    line_items_from: optional(
      FilePath('A CSV file beside this one, or below its folder, with one line item a row; see docs/yaml.md.'),
    ),
    line_items: optional(
      mapOf({ pattern: ID_PATTERN }, InlineLineItemSchema, 'Line items by id. Others may be in files of their own.'),
    ),
  },
  'A campaign.',
)
export type Campaign = Static<typeof CampaignSchema>
