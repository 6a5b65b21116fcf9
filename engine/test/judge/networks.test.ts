import assert from 'node:assert/strict'
import { BlockList } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import { compileNetworks, inNetworks, parseAddress } from '../../judge/networks.ts'

const SEED = 20_260_612

test('addresses', () => {
  const zeros = (count: number) => '0'.repeat(count)
  const cases: [string, number | string | null][] = [
    ['0.0.0.0', 0],
    ['255.255.255.255', 2 ** 32 - 1],
    ['192.0.2.1', 0xc0000201],
    ['::', zeros(32)],
    ['::1', `${zeros(31)}1`],
    ['2001:DB8::7', `20010db8${zeros(23)}7`],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['::ffff:192.0.2.1', 0xc0000201],
    ['64:ff9b::192.0.2.1', `0064ff9b${zeros(16)}c0000201`],
    ...[
      '',
      '1.2.3',
      '1.2.3.256',
      '1.2.3.4.5',
      '1.2.3.x',
      '1:2',
      ':::',
      '1::2::3',
      '1:2:3:4:5:6:7:8::',
      'g::',
      '1:2:3:4:5:6:7:8:9',
      '::1.2.3',
      'x'.repeat(600),
    ].map((text): [string, null] => [text, null]),
  ]
  for (const [text, address] of cases) assert.equal(parseAddress(text), address, text)
})

test('networks: overlapping, single, whole, and those that cannot be read', () => {
  const { networks, unreadable } = compileNetworks([
    '10.0.0.0/8',
    '10.1.0.0/16',
    '192.0.2.7',
    '2001:db8::/32',
    '1.2.3.4/33',
    '1.2.3.4/',
    'x',
    '::/129',
    '::ffff:198.51.100.0/120',
  ])
  assert.deepEqual(unreadable, ['1.2.3.4/33', '1.2.3.4/', 'x', '::/129'])
  const inside = ['10.0.0.0', '10.255.255.255', '192.0.2.7', '2001:db8:ffff::', '::ffff:10.2.3.4', '198.51.100.9']
  const outside = ['9.255.255.255', '11.0.0.0', '192.0.2.8', '2001:db9::', '2001:db7:ffff::', '', 'x', '198.51.101.0']
  for (const address of inside) assert.equal(inNetworks(networks, address), true, address)
  for (const address of outside) assert.equal(inNetworks(networks, address), false, address)
  assert.equal(inNetworks(compileNetworks(['0.0.0.0/0']).networks, '203.0.113.9'), true)
})

/** Few first bits, so that drawn addresses and prefixes meet. */
const V4 = fc.tuple(fc.constantFrom(10, 11), fc.nat(3), fc.nat(255), fc.nat(255)).map(parts => parts.join('.'))
const V6 = fc
  .tuple(
    fc.constantFrom('2001', '2002'),
    fc.array(fc.constantFrom('0', '1', 'ffff', 'a0'), { minLength: 7, maxLength: 7 }),
  )
  .map(([head, rest]) => [head, ...rest].join(':'))

test(`the same answer as node:net's BlockList (seed ${SEED})`, () => {
  let hits = 0
  for (const [family, address, bits] of [
    ['ipv4', V4, 32],
    ['ipv6', V6, 128],
  ] as const) {
    const prefixes = fc.array(fc.tuple(address, fc.integer({ min: 1, max: bits })), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(prefixes, fc.array(address, { minLength: 8, maxLength: 8 }), (nets, addresses) => {
        const list = new BlockList()
        for (const [net, length] of nets) list.addSubnet(net, length, family)
        const { networks } = compileNetworks(nets.map(([net, length]) => `${net}/${length}`))
        for (const asked of addresses) {
          const expected = list.check(asked, family)
          hits += expected ? 1 : 0
          assert.equal(inNetworks(networks, asked), expected, `${asked} in ${nets.join(' ')}`)
        }
      }),
      { seed: SEED, numRuns: 500 },
    )
  }
  assert.ok(hits > 100)
})
