import { openClickHouse, migrate } from '@flightplan/runtime/events/clickhouse.ts'
const db = openClickHouse({ url: null, folder: process.argv[2]! })
await migrate(db)
const time = async (q: string) => { for (let i = 0; i < 2; i++) { const t = performance.now(); const r = await db.rows(q); console.log(Math.round(performance.now() - t), 'ms', r.length, q) } }
await time('select * from clean_days')
await time('select campaign, sum(cost_nano) from books where (day, gen) in (select day, gen from clean_days) group by campaign')
await time('select campaign, sum(cost_total) from books_live where day in (select day from stale_days) group by campaign')
await time('select sum(cost_nano) from events FINAL where day in (select day from stale_days)')
await time('select sum(cost_nano) from events where day in (select day from stale_days)')
console.log((await db.rows<any>('explain indexes=1 select sum(cost_nano) from events FINAL where day in (select day from stale_days)')).map((x: any) => x.explain).join('\n'))
await db.close()
