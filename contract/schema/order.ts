/** What was signed: amount, currency, and what "spend" means in the budgets under it. */
import Type, { type Static } from 'typebox'
import { object, optional, words } from './build.ts'
import { Owner } from './owner.ts'
import { Amount, Currency, Id, Name, Ref, text } from './scalars.ts'

const Fee = object({
  name: Name('Name on the invoice.'),
  percent_of: words(['media'], 'What the percentage is taken of.'),
  value: Type.Unsafe<string>({
    type: ['string', 'number'],
    pattern: '^[1-9]?[0-9](\\.[0-9]{1,4})?$',
    what: 'a percentage from 0 to 99.9999, without the sign',
    description: 'Per cent, such as 12.',
  }),
})

export const OrderSchema = object(
  {
    order: Id('Id of the order.'),
    name: optional(Name()),
    advertiser: Ref('advertiser'),
    owner: optional(Owner),
    currency: Currency('Currency of every amount under this order.'),
    signed: object(
      {
        amount: Amount('The amount signed. Budgets under the order may not exceed it.'),
        po: optional(Name('Purchase order number.')),
        document: optional(
          text('^sha256:[0-9a-f]{64}$', '"sha256:" and 64 hexadecimal digits', 'Digest of the contract.'),
        ),
      },
      'What was signed.',
    ),
    budget_counts: optional(
      words(['media', 'media_and_fees', 'client_cost'], 'What counts as spend in budgets. Default: media.'),
    ),
    fees: optional(Type.Array(Fee, { maxItems: 1, description: 'At most one fee, a percentage of media.' })),
  },
  'An insertion order.',
)
export type Order = Static<typeof OrderSchema>
