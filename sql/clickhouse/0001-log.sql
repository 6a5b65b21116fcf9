-- The event log. A re-delivered event (a replay of Kafka, a spool drained twice, a consumer killed between two inserts)
-- has the same key and is one row under FINAL and after each merge. No materialised view hangs on this table: it would
-- see rows as they are inserted, before duplicates are known, and sum them twice. Sums are made from FINAL (0002).
-- `result` is in the key: what is kept for the record ('duplicate', 'late') must not replace what moved the books.
-- The key is a hash of 128 bits: FINAL over a day of 1.7M rows takes 0.1 s by it, 2.4 s by (kind, campaign, id, result).
-- `day` is before it so that FINAL of one day reads one partition: without, all of them, since a key might be in two.
CREATE TABLE IF NOT EXISTS events (
  id String,
  kind Enum8('bid' = 1, 'no_bid' = 2, 'win' = 3, 'bill' = 4, 'loss' = 5, 'click' = 6, 'conversion' = 7, 'video' = 8, 'view' = 9),
  at_ms Int64,
  bid_ms Int64,
  day Int32,
  exchange LowCardinality(String),
  format LowCardinality(String),
  advertiser LowCardinality(String),
  campaign LowCardinality(String),
  line_item LowCardinality(String),
  creative LowCardinality(String),
  release LowCardinality(String),
  facts LowCardinality(String),
  deal Bool,
  currency LowCardinality(String),
  bid_nano Int64,
  price_nano Nullable(Int64),
  price Enum8('ok' = 1, 'missing' = 2, 'audit' = 3, 'invalid' = 4, 'none' = 5),
  cost_nano Int64,
  order_currency LowCardinality(String),
  result Enum8('counted' = 1, 'duplicate' = 2, 'late' = 3, 'test' = 4, 'unbillable' = 5),
  what LowCardinality(String),
  user String,
  node LowCardinality(String),
  weight UInt32 DEFAULT 1,
  key UInt128 MATERIALIZED reinterpretAsUInt128(sipHash128(id, toString(result))),
  -- Two nodes may both count a notice that was sent to both: the first in time stays, in whatever order they arrive.
  first UInt64 MATERIALIZED bitOr(bitShiftLeft(toUInt64(4398046511104 - at_ms), 21),
    bitAnd(cityHash64(node, cost_nano, ifNull(price_nano, -1), bid_nano), 2097151)),
  -- contract/marks.ts: 36 h to the end of the day in the last zone, then SETTLE_MS of the kind.
  after_close Bool MATERIALIZED at_ms > toInt64(day) * 86400000 + 129600000
    + multiIf(kind IN ('bid', 'no_bid'), 0, kind = 'conversion', 2592000000, 86400000)
) ENGINE = ReplacingMergeTree(first)
PARTITION BY day
ORDER BY (day, key)
TTL toDate(day) + INTERVAL 395 DAY
-- Parts reach the disk before the offsets that follow them do.
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1;

-- Messages that are no event. Nothing is lost: they are kept as they came, with where they stood.
CREATE TABLE IF NOT EXISTS rejected (
  source String, part String, position UInt64, why String, text String, at_ms Int64
) ENGINE = ReplacingMergeTree ORDER BY (source, part, position)
TTL toDate(intDiv(at_ms, 86400000)) + INTERVAL 90 DAY;

-- How far each partition or spool file was read: written after its events, so that a kill in between reads them again.
CREATE TABLE IF NOT EXISTS offsets (
  source String, part String, next UInt64, at_ms Int64
) ENGINE = ReplacingMergeTree(at_ms) ORDER BY (source, part) SETTINGS fsync_after_insert = 1;

-- Newest promise of each node in each partition (contract/marks.ts); complete_ms 0: events of it were seen, no promise.
CREATE TABLE IF NOT EXISTS marks (
  source String, part String, node String, complete_ms Int64, left Bool
) ENGINE = ReplacingMergeTree(complete_ms) ORDER BY (source, part, node, left);

-- Events that came after their node had promised that there are none: the watermark lied, and reports say so.
CREATE TABLE IF NOT EXISTS broken_promises (
  id String, day Int32, node String, at_ms Int64, promised_ms Int64
) ENGINE = ReplacingMergeTree(promised_ms) ORDER BY (day, id);

-- People who were erased, as SHA-256 of their hash: a replay must not bring them back.
CREATE TABLE IF NOT EXISTS erased (user_sha256 String, at_ms Int64, reason String) ENGINE = ReplacingMergeTree(at_ms) ORDER BY user_sha256;
