import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Exchange } from '@flightplan/contract/schema/exchange.ts'
import { unusableKeys } from '../../serve/price-keys.ts'

const KEY = Buffer.alloc(32, 7).toString('base64')
const SECRETS = new Map([
  ['secret://a/good', KEY],
  ['secret://a/web', Buffer.alloc(32, 255).toString('base64url')],
  ['secret://a/short', 'c2hvcnQ='],
])
const secrets = (reference: string) => SECRETS.get(reference) ?? null

const keys = (encryption: string, integrity: string) => ({ encryption, integrity })
const CASES: [name: string, price: object, missing: string[] | null, malformed: string[]][] = [
  ['plain prices', { codec: 'plain' }, null, []],
  ['both keys', { codec: 'hmac-sha1-28', keys: keys('secret://a/good', 'secret://a/web') }, null, []],
  ['one missing', { codec: 'hmac-sha1-28', keys: keys('secret://a/good', 'secret://a/no') }, ['secret://a/no'], []],
  [
    'one of 5 bytes',
    { codec: 'hmac-sha1-28', keys: keys('secret://a/short', 'secret://a/web') },
    [],
    ['secret://a/short'],
  ],
  ['none named', { codec: 'hmac-sha1-28' }, ['price.keys'], []],
]
for (const [name, price, missing, malformed] of CASES)
  test(`price keys, ${name}: ${missing ? 'no bid' : 'bids'}`, () => {
    const exchange = { exchange: 'a', price: { unit: 'cpm', ...price } } as Exchange // the only parts that are read
    assert.deepEqual(unusableKeys([exchange], secrets), missing ? [{ exchange: 'a', missing, malformed }] : [])
  })
