-- The books: sums of deduplicated events by day. A day is rolled again as a whole whenever an event of it came, under a
-- new generation, and readers switch by the one row in `rolled`: no reader sees half of it, no kill doubles it.
CREATE TABLE IF NOT EXISTS books (
  gen UInt64,
  day Int32,
  -- Day of the bid in UTC: exchanges invoice by it.
  utc_day Int32,
  kind LowCardinality(String),
  exchange LowCardinality(String),
  format LowCardinality(String),
  advertiser LowCardinality(String),
  campaign LowCardinality(String),
  line_item LowCardinality(String),
  creative LowCardinality(String),
  release LowCardinality(String),
  deal Bool,
  currency LowCardinality(String),
  order_currency LowCardinality(String),
  -- Of no_bid, loss and video; '' for the others.
  what LowCardinality(String),
  after_close Bool,
  n UInt64,
  bid_nano Int128,
  -- The exchange's price, or the bid where it said none.
  price_nano Int128,
  -- How many of `n` had no price.
  unpriced UInt64,
  cost_nano Int128
) ENGINE = MergeTree PARTITION BY (day, gen) ORDER BY (kind, campaign, line_item);

-- Impressions by campaign and person: `viewer` is a hash of both, since reach groups by it (0.5 s instead of 0.8 for 5M
-- rows). TTL as the events.
CREATE TABLE IF NOT EXISTS exposures (
  gen UInt64,
  day Int32,
  campaign LowCardinality(String),
  viewer UInt64,
  n UInt32
) ENGINE = MergeTree PARTITION BY (day, gen) ORDER BY (campaign, viewer)
TTL toDate(day) + INTERVAL 395 DAY SETTINGS ttl_only_drop_parts = 1;

-- Batches that wrote to a day, counted before and after the insert.
CREATE TABLE IF NOT EXISTS touched (day Int32, n UInt64) ENGINE = SummingMergeTree ORDER BY day;

-- The generation that holds a day, and how many batches had touched it before it was read.
CREATE TABLE IF NOT EXISTS rolled (day Int32, gen UInt64, touches UInt64) ENGINE = MergeTree ORDER BY day;

-- What a day is rolled from; also read as it is for days that were touched since. Not summed here: then a report would
-- group by all of these columns for want of two.
CREATE OR REPLACE VIEW books_live AS
SELECT day, toInt32(intDiv(bid_ms, 86400000)) AS utc_day, toLowCardinality(toString(kind)) AS kind_name, exchange, format, advertiser,
  campaign, line_item, creative, release, deal, currency, order_currency,
  if(kind IN ('no_bid', 'loss', 'video'), what, toLowCardinality('')) AS reason, after_close,
  toUInt64(weight) AS n, toInt128(events.bid_nano) AS bid_nano_, toInt128(ifNull(events.price_nano, events.bid_nano)) AS price_nano_,
  toUInt64(isNull(events.price_nano)) AS unpriced, toInt128(events.cost_nano) AS cost_nano_
FROM events FINAL
WHERE result = 'counted';

CREATE OR REPLACE VIEW exposures_live AS
SELECT day, campaign, cityHash64(campaign, user) AS viewer, toUInt32(count()) AS n
FROM events FINAL
WHERE result = 'counted' AND kind = 'bill' AND NOT after_close AND user != ''
GROUP BY day, campaign, viewer;

-- Days whose sums are as new as their events.
CREATE OR REPLACE VIEW clean_days AS
SELECT day, gen FROM (SELECT day, argMax(gen, (touches, gen)) AS gen, max(touches) AS at FROM rolled GROUP BY day) AS r
JOIN (SELECT day, sum(n) AS touches FROM touched GROUP BY day) AS t USING (day)
WHERE r.at = t.touches;

-- The others. `day IN` them leaves the partitions of clean days unread; `day NOT IN` clean ones reads all.
CREATE OR REPLACE VIEW stale_days AS
SELECT DISTINCT day FROM touched WHERE day NOT IN (SELECT day FROM clean_days);

CREATE OR REPLACE VIEW books_now AS
SELECT day, utc_day, kind, exchange, format, advertiser, campaign, line_item, creative, release, deal, currency,
  order_currency, what, after_close, n, bid_nano, price_nano, unpriced, cost_nano
FROM books WHERE (day, gen) IN (SELECT day, gen FROM clean_days)
UNION ALL
SELECT day, utc_day, kind_name, exchange, format, advertiser, campaign, line_item, creative, release, deal, currency,
  order_currency, reason, after_close, n, bid_nano_, price_nano_, unpriced, cost_nano_
FROM books_live WHERE day IN (SELECT day FROM stale_days);

CREATE OR REPLACE VIEW exposures_now AS
SELECT day, campaign, viewer, n FROM exposures WHERE (day, gen) IN (SELECT day, gen FROM clean_days)
UNION ALL
SELECT day, campaign, viewer, n FROM exposures_live WHERE day IN (SELECT day FROM stale_days);
