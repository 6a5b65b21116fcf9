/** Who advertises: what exchanges check and block by. */
import type { Static } from 'typebox'
import { listOf, object, optional } from './build.ts'
import { Owner } from './owner.ts'
import { Category, Domain, Id, Language, Name } from './scalars.ts'

export const AdvertiserSchema = object(
  {
    advertiser: Id('Id of the advertiser.'),
    name: Name(),
    owner: optional(Owner),
    domain: Domain('Landing domain: `adomain` of every bid, judged against `badv`.'),
    brand: optional(Name('Brand shown in native ads and reports. Default: the name.')),
    categories: listOf(Category('Such as IAB18-5.'), 'IAB categories of what is advertised, judged against `bcat`.'),
    dsa: optional(
      object(
        {
          paid_by: Name('Who paid for the ad (DSA article 26).'),
          behalf: optional(Name('On whose behalf it is shown. Default: paid_by.')),
        },
        'Statement for the EU Digital Services Act. Without it, slots that require it are not bid on.',
      ),
    ),
    languages: optional(listOf(Language('Such as de.'), 'Languages of creatives that declare none.')),
    bundle: optional(Name('Bundle or store id of the app advertised, judged against `bapp`.')),
  },
  'An advertiser.',
)
export type Advertiser = Static<typeof AdvertiserSchema>
