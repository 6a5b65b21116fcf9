/** How spend is spread over time. Checked now; campaigns may refer to one from a later version on. */
import Type, { type Static } from 'typebox'
import { object, optional, words } from './build.ts'
import { Duration, Id, Name, Percent, text } from './scalars.ts'

const Factor = text('^[0-9]+(\\.[0-9]{1,3})?x$', 'a factor such as 1.3x')
const pair = (items: object, description: string) =>
  Type.Unsafe<[string, string]>({ type: 'array', items, minItems: 2, maxItems: 2, description })

export const PacingStrategySchema = object(
  {
    pacing: Id('Id of the strategy.'),
    name: optional(Name()),
    spread: words(['asap', 'even', 'availability', 'performance'], 'How spend is spread over the day.'),
    ahead: optional(Percent('How far in front of the plan it stays.')),
    catch_up: optional(object({ over: Duration('Time over which a shortfall is spread.'), max: Factor })),
    act_on: optional(words(['participation', 'bid'], 'Whether it bids less often or lower.')),
    bounds: optional(
      object({
        bid: optional(pair(Factor, 'Bid multiplier, least and most.')),
        participation: optional(pair(Percent('Share of auctions.'), 'Share of auctions, least and most.')),
      }),
    ),
  },
  'A pacing strategy.',
)
export type PacingStrategy = Static<typeof PacingStrategySchema>
