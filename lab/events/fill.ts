/** A log of made-up events written by ClickHouse itself: for figures at a size that a generator in front would not reach. */
import type { Database } from '@flightplan/runtime/events/clickhouse.ts'

export interface Fill {
  rows: number
  days: number
  /** The last of the days; days since 1970. */
  lastDay: number
}

/** 200 campaigns, 3 exchanges, 3M people; of 100 events 45 bids, 33 no-bids, 10 wins, 9 billings, and what follows. */
const ROW = `
  cityHash64(number) AS h,
  cityHash64(number, 1) AS g,
  h % 100 AS dice,
  multiIf(dice < 45, 'bid', dice < 78, 'no_bid', dice < 88, 'win', dice < 97, 'bill', dice < 98, 'loss', dice < 99, 'video', g % 40 = 0, 'conversion', 'click') AS kind_name,
  g % 200 AS c
SELECT
  concat(hex(number), ':', kind_name) AS id, kind_name AS kind,
  toInt64({day:Int32}) * 86400000 + h % 86400000 AS at_ms, at_ms - h % 5000 AS bid_ms, {day:Int32} AS day,
  ['alpha', 'boreal', 'cascade'][g % 3 + 1] AS exchange, ['banner', 'video', 'native'][intDiv(g, 7) % 3 + 1] AS format,
  concat('advertiser-', toString(c % 20)) AS advertiser, concat('campaign-', toString(c)) AS campaign,
  concat(campaign, '-', toString(intDiv(g, 200) % 3)) AS line_item, concat(line_item, '-', toString(intDiv(g, 600) % 2)) AS creative,
  substring(hex(cityHash64(intDiv({day:Int32}, 7))), 1, 16) AS release, 'facts-1' AS facts, g % 10 = 0 AS deal,
  'USD' AS currency, 1000000 + h % 4000000 AS bid_nano, if(kind_name = 'bill' AND g % 50 > 0, toNullable(bid_nano - h % 900000), NULL) AS price_nano,
  if(isNull(price_nano), 'none', 'ok') AS price, toInt64(ifNull(price_nano, bid_nano) * 11 / 10) AS cost_nano, ['EUR', 'USD'][c % 2 + 1] AS order_currency,
  if(g % 100 = 0, 'duplicate', 'counted') AS result,
  multiIf(kind_name = 'no_bid', ['targeting', 'below_floor', 'paced', 'frequency_cap'][g % 4 + 1], kind_name = 'loss', '102', kind_name = 'video', 'complete', kind_name) AS what,
  lower(hex(cityHash64(intDiv(g, 11) % 3000000))) AS user, concat('bidder-', toString(h % 8)) AS node`

export async function fill(database: Database, { rows, days, lastDay }: Fill): Promise<void> {
  const perDay = Math.ceil(rows / days)
  const columns =
    'id, kind, at_ms, bid_ms, day, exchange, format, advertiser, campaign, line_item, creative, release, facts, deal, currency, bid_nano, price_nano, price, cost_nano, order_currency, result, what, user, node'
  for (let index = 0; index < days; index++) {
    const day = lastDay - days + 1 + index
    await database.insert('touched', [{ day, n: 1 }])
    const insert = `INSERT INTO events (${columns}) WITH ${ROW} FROM numbers({from:UInt64}, {count:UInt64})`
    await database.run(insert, { day, from: index * perDay, count: perDay })
    // A replay: 3% come again.
    await database.run(insert, { day, from: index * perDay, count: Math.ceil(perDay / 33) })
    await database.insert('touched', [{ day, n: 1 }])
  }
}
