/** What counts as a conversion: a name that cpa bids point at. */
import type { Static } from 'typebox'
import { object, optional } from './build.ts'
import { Id, Name, Ref } from './scalars.ts'

export const ConversionSchema = object(
  {
    conversion: Id('Id of the conversion.'),
    name: optional(Name()),
    advertiser: Ref('advertiser'),
  },
  'A conversion.',
)
export type Conversion = Static<typeof ConversionSchema>
