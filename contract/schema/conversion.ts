/** What counts as a conversion. */
import type { Static } from 'typebox'
import { object, optional, words } from './build.ts'
import { Duration, Id, Name, Ref } from './scalars.ts'

export const ConversionSchema = object(
  {
    conversion: Id('Id of the conversion.'),
    name: optional(Name()),
    advertiser: Ref('advertiser'),
    look_back: object(
      {
        click: Duration('A conversion this long after a click counts.'),
        view: optional(Duration('And this long after an impression without a click. Default: never.')),
      },
      'Look-back windows.',
    ),
    count: optional(words(['every', 'one_per_click'], 'Whether repeated conversions count. Default: every.')),
  },
  'A conversion.',
)
export type Conversion = Static<typeof ConversionSchema>
