import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { startPostgres } from '../../../lab/fleet/postgres.ts'
import { withoutPostgres } from '../../../lab/fleet/services.ts'
import { migrate } from '../../store/migrate.ts'
import { openPool, openPostgresStore } from '../../store/postgres-store.ts'
import { temporaryDirectory } from '../release/shipped.ts'
import { storeContract } from './contract.ts'

const postgres = withoutPostgres ? null : await startPostgres()
after(() => postgres?.stop())
const pool = () => openPool(postgres?.url ?? '', () => {})

describe('migrations', { skip: withoutPostgres }, () => {
  it('run once, also when two start at the same time', async () => {
    const [one, two] = [pool(), pool()]
    const applied = await Promise.all([migrate(one), migrate(two)])
    assert.deepEqual(applied.map(names => names.length).sort(), [0, 4])
    assert.deepEqual(await migrate(one), [])
    await Promise.all([one.end(), two.end()])
  })

  it('leave nothing behind when one fails, and refuse a file that changed', async () => {
    const folder = join(temporaryDirectory(), 'sql')
    mkdirSync(folder)
    writeFileSync(join(folder, '1.sql'), 'create table tried (a int);')
    writeFileSync(join(folder, '2.sql'), 'create nonsense;')
    const own = pool()
    await assert.rejects(migrate(own, folder), /syntax error/)
    assert.equal((await own.query("select to_regclass('tried') as found")).rows[0].found, null)
    writeFileSync(join(folder, '2.sql'), 'create table second (a int);')
    assert.deepEqual(await migrate(own, folder), ['1.sql', '2.sql'])
    writeFileSync(join(folder, '2.sql'), 'create table second (a int, b int);')
    await assert.rejects(migrate(own, folder), /2\.sql was applied .* has changed/)
    await own.end()
  })
})

storeContract('Postgres', withoutPostgres, async () => openPostgresStore(pool()))
