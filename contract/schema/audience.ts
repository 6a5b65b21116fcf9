/** A set of users. */
import type { Static } from 'typebox'
import { exactlyOne, listOf, object, optional } from './build.ts'
import { Id, Name, text } from './scalars.ts'

const Segment = text('^[^\\x00-\\x20]{1,200}$', 'a segment id, or provider:id', 'Such as dmp.example:1234, or 1234.')

export const AudienceSchema = object(
  {
    audience: Id('Id of the audience.'),
    name: optional(Name()),
    from: exactlyOne(
      {
        segments: listOf(
          Segment,
          'Segment ids in user.data (id, or provider:id with the name or id of its data object).',
        ),
        profile: text('^[A-Za-z0-9._-]{1,128}$', 'a name in our profile store', 'Name in our own profile store.'),
      },
      {},
      { description: 'How a user gets in: one of segments and profile.' },
    ),
  },
  'An audience.',
)
export type Audience = Static<typeof AudienceSchema>
