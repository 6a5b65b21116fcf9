import { openClickHouse, migrate } from '@flightplan/runtime/events/clickhouse.ts'
import { fill } from './fill.ts'
import { rollDay, staleDays } from '@flightplan/runtime/events/roll.ts'
const rows = Number(process.argv[2]), folder = process.argv[3]!
const db = openClickHouse({ url: null, folder })
await migrate(db)
let t = performance.now()
const tell = (s: string) => { console.log(s, Math.round(performance.now() - t), 'ms'); t = performance.now() }
await fill(db, { rows, days: 30, lastDay: Math.floor(Date.now() / 86400000) })
tell('filled')
for (const day of await staleDays(db)) await rollDay(db, day, { now_ms: Date.now, random: Math.random })
tell('rolled')
console.log(await db.rows('select count() c, sum(n) n from books'), await db.rows('select count() c, uniqExact(partition) p from system.parts where active'))
await db.close()
