/** What every profile store must do, whatever keeps its users: run by the tests of each implementation. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Profiles } from '../../serve/bidder.ts'

export interface User {
  exchange: string
  key: string
  audiences: string[]
}

export interface OpenStore {
  profiles: Profiles
  close(): Promise<void> | void
}

/** @param open a store that holds these users, and later ones of the same key in place of earlier ones */
export function profilesContract(name: string, open: (users: readonly User[]) => Promise<OpenStore>): void {
  const lookUp = async (users: readonly User[], exchange: string, key: string) => {
    const { profiles, close } = await open(users)
    try {
      return await profiles.lookup(exchange, key)
    } finally {
      await close()
    }
  }
  const ann: User = { exchange: 'alpha', key: 'ann', audiences: ['visitors', 'cart'] }

  test(`${name}: the audiences of a user`, async () => {
    assert.deepEqual(new Set(await lookUp([ann], 'alpha', 'ann')), new Set(['visitors', 'cart']))
  })
  test(`${name}: a user without audiences is known and in none; one that it does not know is null`, async () => {
    assert.deepEqual(await lookUp([{ ...ann, audiences: [] }], 'alpha', 'ann'), [])
    assert.equal(await lookUp([ann], 'alpha', 'bob'), null)
    assert.equal(await lookUp([], 'alpha', 'ann'), null)
  })
  test(`${name}: each exchange has its own users, compared exactly`, async () => {
    for (const [exchange, key] of [
      ['boreal', 'ann'],
      ['alpha', 'Ann'],
      ['alpha', 'ann '],
      ['alpha\nann', ''],
      ['', 'alpha\nann'],
    ] as const)
      assert.equal(await lookUp([ann], exchange, key), null, JSON.stringify([exchange, key]))
  })
  test(`${name}: keys are whatever a request says`, async () => {
    for (const key of ['__proto__', 'constructor', 'a\nb', 'ü', '"', 'x'.repeat(512)]) {
      assert.deepEqual(await lookUp([{ ...ann, key }], 'alpha', key), ann.audiences)
      assert.equal(await lookUp([ann], 'alpha', key), null)
    }
  })
  test(`${name}: the last word on a user counts`, async () => {
    assert.deepEqual(await lookUp([ann, { ...ann, audiences: ['buyers'] }], 'alpha', 'ann'), ['buyers'])
  })
}
