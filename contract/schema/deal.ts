/** A deal with a seller on one exchange. */
import type { Static } from 'typebox'
import { object, optional, words } from './build.ts'
import { Cpm, Currency, Id, LocalTime, Name, Ref, Timezone, text } from './scalars.ts'

export const DealSchema = object(
  {
    deal: Id('Our id; line items name it.'),
    name: optional(Name()),
    exchange: Ref('exchange'),
    deal_id: optional(text('^\\S{1,128}$', 'the id without blanks', 'The exchange’s id of the deal. Default: our id.')),
    seat: optional(text('^\\S{1,64}$', 'a seat id', 'The seat that the deal was made for. Default: the advertiser’s.')),
    floor: optional(Cpm('Floor or fixed price, CPM. The floor of a request comes first.')),
    currency: Currency('Currency of the floor.'),
    at: words(['first', 'second', 'fixed'], 'Auction type.'),
    from: optional(LocalTime('First minute, in `timezone`.')),
    to: optional(LocalTime('Last minute, in `timezone`.')),
    timezone: optional(Timezone('Zone of from and to. Default: UTC.')),
  },
  'A deal.',
)
export type Deal = Static<typeof DealSchema>
