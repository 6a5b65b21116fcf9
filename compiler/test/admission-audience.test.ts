import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Where } from '@flightplan/contract/schema/where.ts'
import { type Audience, audienceOf } from '../admit/audience.ts'

const CASES: [string, Where[], Audience['countries'], Audience['min_age']][] = [
  ['nothing said is anybody', [], null, null],
  ['of two, both hold', [{ geo: { country: ['DE', 'AT'] } }, { geo: { country: ['AT', 'CH'] } }], ['AT'], null],
  ['the higher age of two', [{ user: { age: { min: 18 } } }, { user: { age: { min: 21, max: 60 } } }], null, 21],
  ['a highest age is no least age', [{ user: { age: { max: 60 } } }], null, null],
  ['regions are in countries', [{ geo: { region: ['DE-BY', 'DE-BE', 'AT-9'] } }], ['DE', 'AT'], null],
  ['what is excluded narrows too little to count', [{ geo: { country: { not: ['US'] } } }], null, null],
  ['not is left out', [{ not: { geo: { country: ['US'] } } }], null, null],
  [
    'of alternatives, each',
    [
      {
        any: [
          { geo: { country: ['DE'] }, user: { age: { min: 21 } } },
          { geo: { country: ['AT'] }, user: { age: { min: 18 } } },
        ],
      },
    ],
    ['DE', 'AT'],
    18,
  ],
  [
    'an alternative that says nothing',
    [{ any: [{ geo: { country: ['DE'] } }, { rule: 'family_content' }] }],
    null,
    null,
  ],
  ['all', [{ all: [{ geo: { country: ['DE', 'FR'] } }, { geo: { country: ['FR'] } }] }], ['FR'], null],
]

test('the widest audience that targeting allows', () => {
  for (const [name, wheres, countries, min_age] of CASES)
    assert.deepEqual(audienceOf(wheres), { countries, min_age }, name)
})
