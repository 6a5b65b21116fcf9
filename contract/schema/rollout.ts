/** `rollout:` of flightplan.yaml: how a release comes to all auctions. */
import Type, { type Static } from 'typebox'
import { mapOf, object, optional } from './build.ts'
import { Duration, Percent, Positive } from './scalars.ts'

const WaveSchema = object({
  at_least: Duration('How long the wave lasts at least.'),
  auctions: optional(Positive('Auctions that each arm must have had so far. Default: 500.', 1_000_000_000)),
  tolerance: optional(
    Type.Number({
      minimum: 1,
      maximum: 20,
      description: 'To leave the wave, gates may be this many times as wide as their margin. Default: 1.',
    }),
  ),
})

export const RolloutSchema = object(
  {
    waves: optional(
      mapOf(
        // Up to a half, since the control needs as many auctions.
        { pattern: '^(?!0(\\.0+)?%)(50|[1-4]?[0-9](\\.[0-9]{1,4})?)%$' },
        WaveSchema,
        'Share of auctions → what must have been seen before the next, such as {1%: {at_least: 2m}}. 100% is implied.',
      ),
    ),
    quorum: optional(Percent('Share of the bidders that must have taken a wave before it counts. Default: 90%.')),
    expires: optional(Duration('A rollout that has not ended by then is aborted. Default: 6h.')),
  },
  'How a release comes to all auctions: `flight rollout`.',
)
export type RolloutYaml = Static<typeof RolloutSchema>
