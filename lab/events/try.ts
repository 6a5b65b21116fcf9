import { migrate, openClickHouse } from '@flightplan/runtime/events/clickhouse.ts'

const db = openClickHouse({ url: null, folder: process.argv[2]! })
await migrate(db)
const day = Math.floor(Date.now() / 86400000)
console.log(await db.rows('select * from watermark'))
for (const v of ['delivery', 'spend', 'win_rate', 'costs', 'funnel', 'discrepancy', 'reach', 'release']) {
  for (const days of [1, 30])
    for (const campaign of ['', 'campaign-7']) {
      const t = performance.now()
      const rows = await db.rows(
        `select * from report_${v}(since={since:Int32}, until={until:Int32}, campaign={campaign:String})`,
        { since: day - days + 1, until: day, campaign },
      )
      console.log(
        v,
        days,
        campaign,
        rows.length,
        Math.round(performance.now() - t),
        'ms',
        days === 1 && campaign ? rows[0] : '',
      )
    }
}
console.log(await db.rows(`select * from loss_ratio(since=0, until={until:Int32})`, { until: day }))
await db.close()
