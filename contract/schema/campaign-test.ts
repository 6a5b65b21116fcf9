/** Unit tests of campaigns: a request fixture, and what must become of it (`flight test`). */
import Type, { type Static } from 'typebox'
import { REASONS, type ReasonName } from '../reasons.ts'
import { exactlyOne, listOf, mapOf, object, optional, words } from './build.ts'
import { Cpm, Currency, FilePath, ID_PATTERN, Id, Name, Ref, text } from './scalars.ts'

const Instant = text(
  '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})$',
  'a quoted time with its zone such as "2027-03-01T12:00:00Z"',
  'When the request comes.',
)
/** An OpenRTB bid request, or part of one: its fields are the standard’s, so anything is taken. */
const Fixture = (description: string) => Type.Unsafe<Record<string, unknown>>({ type: 'object', description })
const FixtureFile = FilePath('A JSON file beside this one that holds the request.')

const OneOrMore = (description: string) =>
  Type.Unsafe<string | string[]>({
    type: ['string', 'array'],
    pattern: ID_PATTERN,
    what: 'an id, or a list of ids',
    items: { type: 'string', pattern: ID_PATTERN },
    minItems: 1,
    description,
  })

const Bid = object(
  {
    imp: optional(Name('Only a bid on this imp will do.')),
    price: optional(
      object(
        {
          min: optional(Cpm('Least CPM, in the currency of the bid.')),
          max: optional(Cpm('Highest CPM, in the currency of the bid.')),
        },
        'Range of the CPM bid, both ends included.',
      ),
    ),
    currency: optional(Currency('Currency of the bid.')),
    creative: optional(OneOrMore('The creative, or those of which one must be chosen.')),
    deal: optional(Name('Deal id as the exchange names it; `none` is the open auction.')),
  },
  'It must bid. `{}`: that it bids is all that matters.',
)

/** Besides the reasons of contract/reasons.ts: the line item or its campaign is a draft, paused or ended. */
export const NOT_ACTIVE = 'not_active'
export type Outcome = ReasonName | typeof NOT_ACTIVE
const reasonNames = (keep: (code: number) => boolean) =>
  (Object.keys(REASONS) as ReasonName[]).filter(name => keep(REASONS[name].code)) // keys of a literal

const LineItemOutcome = exactlyOne(
  {
    bid: Bid,
    no_bid: words<readonly Outcome[]>(
      [...reasonNames(code => code >= 200), NOT_ACTIVE],
      'Why it must not bid: the reason of the slot in which it came furthest.',
    ),
  },
  {},
  { description: 'What must become of the line item: exactly one of bid and no_bid.' },
)

const Expected = Type.Unsafe<{
  no_bid?: ReasonName
  line_items?: Record<string, Static<typeof LineItemOutcome>>
}>({
  ...object(
    {
      no_bid: optional(
        words(
          reasonNames(() => true),
          'Nobody bids, and this is the reason of the request.',
        ),
      ),
      line_items: optional(
        mapOf(
          { pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}(/[A-Za-z0-9][A-Za-z0-9._-]{0,127})?$' },
          LineItemOutcome,
          'Line item → outcome: `line_item` of the campaign above, or `campaign/line_item`.',
        ),
      ),
    },
    'What must happen. Line items that are not named may do anything.',
  ),
  minProperties: 1,
})

const CONDITIONS = {
  exchange: optional(Ref('exchange', 'The exchange that sends the request.')),
  at: optional(Instant),
  request: optional(Fixture('The OpenRTB bid request.')),
  request_file: optional(FixtureFile),
}

const Case = object({
  name: optional(Name('What is tested, in words.')),
  ...CONDITIONS,
  with: optional(Fixture('Merged into the request: maps merge, everything else replaces.')),
  profile: optional(listOf(Name('Such as buyers.'), 'Names in our own profile store that the user has.')),
  expect: Expected,
})
export type TestCase = Static<typeof Case>

export const CampaignTestSchema = object(
  {
    test: Id('Id of the group of tests.'),
    campaign: optional(Ref('campaign', 'The campaign whose line items are named without it below.')),
    ...CONDITIONS,
    cases: mapOf({ pattern: ID_PATTERN }, Case, 'Tests by name. What is above holds for each that does not say it.'),
  },
  'Unit tests of campaigns: run by `flight test`.',
)
export type CampaignTest = Static<typeof CampaignTestSchema>
