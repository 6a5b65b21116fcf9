-- What exchanges say they will invoice: `flight reconcile` loads their files. A newer file of a day replaces the older.
CREATE TABLE IF NOT EXISTS exchange_reports (
  exchange LowCardinality(String), format LowCardinality(String), utc_day Int32, currency LowCardinality(String),
  impressions UInt64, spend_nano Int64, file String, at_ms Int64, reason String
) ENGINE = ReplacingMergeTree(at_ms) ORDER BY (exchange, format, utc_day, currency);

-- What the release in force planned to spend on a day.
CREATE TABLE IF NOT EXISTS plans (
  campaign LowCardinality(String), day Int32, currency LowCardinality(String), planned_nano Int64, at_ms Int64
) ENGINE = ReplacingMergeTree(at_ms) ORDER BY (campaign, day, currency);

-- Where each node stands in each partition (contract/marks.ts). A node that was seen in one partition of a source has to
-- speak for all of them: complete_ms 0 says that it has not.
CREATE OR REPLACE VIEW node_marks AS
SELECT p.source AS source, p.part AS part, n.node AS node, m.complete_ms AS complete_ms, m.left AS left
FROM (SELECT DISTINCT source, if(startsWith(source, 'spool:'), '', part) AS part FROM offsets) AS p
JOIN (SELECT DISTINCT source, node FROM marks) AS n ON p.source = n.source
LEFT JOIN (
  SELECT source, part, node, max(marks.complete_ms) AS complete_ms, argMax(marks.left, (marks.complete_ms, marks.left)) AS left
  FROM marks GROUP BY source, part, node
) AS m ON m.source = p.source AND m.part = p.part AND m.node = n.node;

-- One row: all events up to complete_ms are in the tables; 0 where a part or a node has promised nothing. A node that
-- left holds nothing back; when all have, the last to leave says up to when.
CREATE OR REPLACE VIEW watermark AS
SELECT multiIf(places = 0 OR mute > 0 OR sources > speaking, 0, present = 0, last_left, least_ms) AS complete_ms, slowest
FROM (
  SELECT count() AS places, countIf(m.complete_ms = 0) AS mute, countIf(NOT m.left) AS present, max(m.complete_ms) AS last_left,
    minIf(m.complete_ms, NOT m.left) AS least_ms, uniqExact(m.source) AS speaking,
    (SELECT uniqExact(source) FROM offsets) AS sources,
    argMin((m.source, m.part, m.node), if(m.left AND m.complete_ms > 0, 9223372036854775807, m.complete_ms)) AS slowest
  FROM node_marks AS m
);

CREATE OR REPLACE VIEW report_delivery AS
SELECT day, campaign, line_item, order_currency AS currency,
  sumIf(n, kind = 'bid') AS bids, sumIf(n, kind = 'win') AS wins, sumIf(n, kind = 'bill' AND NOT after_close) AS impressions,
  sumIf(n, kind = 'view' AND NOT after_close) AS views, sumIf(n, kind = 'click' AND NOT after_close) AS clicks,
  sumIf(n, kind = 'video' AND what = 'complete' AND NOT after_close) AS completes,
  sumIf(cost_nano, kind = 'bill' AND NOT after_close) AS spend_nano,
  sumIf(cost_nano, kind = 'bill' AND after_close) AS after_close_nano
FROM books_now
WHERE day BETWEEN {since:Int32} AND {until:Int32} AND kind != 'no_bid' AND ({campaign:String} = '' OR campaign = {campaign:String})
GROUP BY day, campaign, line_item, currency
ORDER BY day, campaign, line_item, currency;

CREATE OR REPLACE VIEW report_spend AS
SELECT day, campaign, currency, sum(spent) AS spend_nano, sum(planned) AS planned_nano,
  if(planned_nano = 0, NULL, toInt64(intDiv(spend_nano * 1000000, planned_nano))) AS of_plan_ppm, sum(late) AS after_close_nano
FROM (
  SELECT day, campaign, order_currency AS currency, sumIf(cost_nano, NOT after_close) AS spent, toInt128(0) AS planned,
    sumIf(cost_nano, after_close) AS late
  FROM books_now WHERE kind = 'bill' AND day BETWEEN {since:Int32} AND {until:Int32} GROUP BY day, campaign, currency
  UNION ALL
  SELECT day, campaign, currency, toInt128(0), toInt128(planned_nano), toInt128(0)
  FROM plans FINAL WHERE day BETWEEN {since:Int32} AND {until:Int32}
)
WHERE {campaign:String} = '' OR campaign = {campaign:String}
GROUP BY day, campaign, currency
ORDER BY day, campaign, currency;

CREATE OR REPLACE VIEW report_win_rate AS
SELECT exchange, format, sumIf(n, kind = 'bid') AS bids, sumIf(n, kind = 'win') AS wins, sumIf(n, kind = 'loss') AS losses,
  sumIf(n, kind = 'bill') AS impressions,
  if(bids = 0, NULL, intDiv(wins * 1000000, bids)) AS win_rate_ppm, if(bids = 0, NULL, intDiv(impressions * 1000000, bids)) AS billed_ppm
FROM books_now
WHERE day BETWEEN {since:Int32} AND {until:Int32} AND kind IN ('bid', 'win', 'loss', 'bill') AND NOT after_close
  AND ({campaign:String} = '' OR campaign = {campaign:String})
GROUP BY exchange, format
ORDER BY exchange, format;

CREATE OR REPLACE VIEW report_costs AS
SELECT campaign, line_item, order_currency AS currency,
  sumIf(n, kind = 'bill') AS impressions, sumIf(n, kind = 'click') AS clicks, sumIf(n, kind = 'conversion') AS conversions,
  sumIf(cost_nano, kind = 'bill') AS spend_nano,
  if(impressions = 0, NULL, intDiv(spend_nano * 1000, impressions)) AS ecpm_nano,
  if(clicks = 0, NULL, intDiv(spend_nano, clicks)) AS ecpc_nano,
  if(conversions = 0, NULL, intDiv(spend_nano, conversions)) AS ecpa_nano
FROM books_now
WHERE day BETWEEN {since:Int32} AND {until:Int32} AND kind IN ('bill', 'click', 'conversion') AND NOT after_close
  AND ({campaign:String} = '' OR campaign = {campaign:String})
GROUP BY campaign, line_item, currency
ORDER BY campaign, line_item, currency;

-- From requests to bids: `n` counts what a sampled no-bid stands for.
CREATE OR REPLACE VIEW report_funnel AS
SELECT exchange, if(kind = 'bid', 'bid', what) AS outcome, sum(books_now.n) AS n,
  intDiv(n * 1000000, sum(n) OVER (PARTITION BY exchange)) AS share_ppm
FROM books_now
WHERE day BETWEEN {since:Int32} AND {until:Int32} AND kind IN ('bid', 'no_bid')
  AND ({campaign:String} = '' OR campaign = {campaign:String})
GROUP BY exchange, outcome
ORDER BY exchange, n DESC, outcome;

-- Bid, win, billing, and what the exchange says, by its own day. Money in the exchange's currency.
CREATE OR REPLACE VIEW report_discrepancy AS
SELECT day, exchange, format, currency, sum(bid_n) AS bids, sum(win_n) AS wins, sum(bill_n) AS billed,
  toInt64(wins) - toInt64(billed) AS won_not_billed, sum(no_price) AS unpriced, sum(ours) AS ours_nano,
  if(sum(reported) = 0, NULL, sum(theirs_n)) AS their_impressions, if(sum(reported) = 0, NULL, sum(theirs)) AS theirs_nano,
  -- Above 0: they invoice more than we know of. Nothing on their side and something on ours is all of it.
  if(sum(reported) = 0, NULL, toInt64(if(theirs_nano = 0, if(ours_nano = 0, 0, -1000000), intDiv((theirs_nano - ours_nano) * 1000000, theirs_nano)))) AS gap_ppm
FROM (
  SELECT utc_day AS day, exchange, format, currency, sumIf(n, kind = 'bid') AS bid_n, sumIf(n, kind = 'win') AS win_n, sumIf(n, kind = 'bill') AS bill_n,
    sumIf(books_now.unpriced, kind = 'bill') AS no_price, sumIf(price_nano, kind = 'bill') AS ours,
    toUInt64(0) AS theirs_n, toInt128(0) AS theirs, 0 AS reported
  FROM books_now
  WHERE day BETWEEN {since:Int32} - 2 AND {until:Int32} + 2 AND utc_day BETWEEN {since:Int32} AND {until:Int32}
    AND kind IN ('bid', 'win', 'bill') AND NOT after_close AND ({campaign:String} = '' OR campaign = {campaign:String})
  GROUP BY day, exchange, format, currency
  UNION ALL
  SELECT utc_day, exchange, format, currency, 0, 0, 0, 0, toInt128(0), impressions, toInt128(spend_nano), 1
  FROM exchange_reports FINAL WHERE utc_day BETWEEN {since:Int32} AND {until:Int32} AND {campaign:String} = ''
)
GROUP BY day, exchange, format, currency
ORDER BY day, exchange, format, currency;

-- Of the impressions that exchanges report, the share that no billing notice told: more liability per open bid.
CREATE OR REPLACE VIEW loss_ratio AS
SELECT exchange, format, sum(theirs) AS their_impressions, sum(ours) AS billed,
  if(their_impressions = 0, 0, greatest(0, toInt64(intDiv((toInt128(their_impressions) - billed) * 1000000, their_impressions)))) AS lost_ppm
FROM (
  SELECT exchange, format, utc_day, sum(impressions) AS theirs, toUInt64(0) AS ours
  FROM exchange_reports FINAL WHERE utc_day BETWEEN {since:Int32} AND {until:Int32} GROUP BY exchange, format, utc_day
  UNION ALL
  SELECT exchange, format, utc_day, toUInt64(0), sum(n) FROM books_now
  WHERE kind = 'bill' AND (exchange, format, utc_day) IN (SELECT exchange, format, utc_day FROM exchange_reports WHERE utc_day BETWEEN {since:Int32} AND {until:Int32})
  GROUP BY exchange, format, utc_day
)
GROUP BY exchange, format
ORDER BY exchange, format;

-- People known by a hash; impressions of the others are in `delivery` only.
CREATE OR REPLACE VIEW report_reach AS
SELECT shown AS campaign, count() AS people, sum(seen) AS impressions, intDiv(impressions * 1000, people) AS frequency_milli,
  countIf(seen = 1) AS saw_1, countIf(seen = 2) AS saw_2, countIf(seen = 3) AS saw_3, countIf(seen BETWEEN 4 AND 6) AS saw_4_6,
  countIf(seen BETWEEN 7 AND 10) AS saw_7_10, countIf(seen > 10) AS saw_more
FROM (
  SELECT any(campaign) AS shown, sum(n) AS seen FROM exposures_now
  WHERE day BETWEEN {since:Int32} AND {until:Int32} AND ({campaign:String} = '' OR campaign = {campaign:String})
  GROUP BY viewer
)
GROUP BY shown
ORDER BY shown;

CREATE OR REPLACE VIEW report_release AS
SELECT release, order_currency AS currency, sumIf(n, kind = 'bid') AS bids, sumIf(n, kind = 'win') AS wins, sumIf(n, kind = 'bill') AS impressions,
  sumIf(n, kind = 'click') AS clicks, sumIf(cost_nano, kind = 'bill') AS spend_nano,
  toDate(min(day)) AS first_day, toDate(max(day)) AS last_day
FROM books_now
WHERE day BETWEEN {since:Int32} AND {until:Int32} AND kind IN ('bid', 'win', 'bill', 'click') AND NOT after_close
  AND ({campaign:String} = '' OR campaign = {campaign:String})
GROUP BY release, currency
ORDER BY first_day, release, currency;
