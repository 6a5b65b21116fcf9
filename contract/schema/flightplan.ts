/** flightplan.yaml: what holds for the whole repository. */
import Type, { type Static } from 'typebox'
import { mapOf, object, optional } from './build.ts'
import { RolloutSchema } from './rollout.ts'
import { Cpm, Positive, Rate } from './scalars.ts'

export const SCHEMA_VERSION = 1

export const FlightplanSchema = object(
  {
    flightplan: Type.Literal(SCHEMA_VERSION, { description: 'Version of the language of all files: 1.' }),
    vendor_id: Positive('Our id in the IAB Global Vendor List: consent is checked against it.', 65_535),
    limits: optional(
      object(
        {
          max_snapshot_bytes: optional(Positive('Largest snapshot that a bidder loads. Default 1 GiB.', 4_294_967_296)),
          max_line_items: optional(Positive('Most line items in a release. Default 200000.', 10_000_000)),
          max_cpm_usd: optional(Cpm('No bid may be able to exceed this, in USD at the planning rate. Default 500.')),
        },
        'Guards against a slip of the pen.',
      ),
    ),
    rollout: optional(RolloutSchema),
    planning_rates: optional(
      mapOf(
        { pattern: '^[A-Z]{3}$' },
        Rate('USD per unit of this currency.'),
        'USD per unit of each currency, such as {EUR: "1.08"}. They order candidates; they never price a bid.',
      ),
    ),
  },
  'The repository: language version, vendor id and limits.',
)
export type Flightplan = Static<typeof FlightplanSchema>
