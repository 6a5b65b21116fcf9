/**
 * The books in Redis, one script for each operation. All keys of a campaign share the hash tag `{campaign}`, so that
 * they lie on one node of a cluster. Amounts enter and leave as text by `%.0f` only: above 1e14 Lua's tostring writes
 * exponents (DESIGN "Redis Lua").
 *
 * books: `<account>|<day>|<column>` and `<account>|all|<column>` → int64, columns s settled, x lost, o open, c claimed;
 * `from`: since when leases are given (the epoch of the books), `stop`.
 * claims: `<account>|<day>|<node>` → `claim used sequence mode`; expiry: the same by the time when the claim ends.
 */
const COMMON = `
local function text(n) return string.format('%.0f', n) end
local function read(field) return tonumber(redis.call('HGET', KEYS[1], field) or '0') end
local function add(account, day, column, n)
  if n == 0 then return end
  redis.call('HINCRBY', KEYS[1], account .. '|' .. day .. '|' .. column, text(n))
  redis.call('HINCRBY', KEYS[1], account .. '|all|' .. column, text(n))
end
local from = redis.call('HGET', KEYS[1], 'from')
`

/** KEYS books, claims, expiry. ARGV now, expires, forget, node, sequence, mode, then 8 for each row. */
export const LEASE = `${COMMON}
local now, node, sequence, mode = tonumber(ARGV[1]), ARGV[4], tonumber(ARGV[5]), ARGV[6]
if not from or now < tonumber(from) then return {'unbuilt'} end
local function parse(record)
  local claim, used, seq, how = string.match(record, '(%S+) (%S+) (%S+) (%S+)')
  return tonumber(claim), tonumber(used), tonumber(seq), how
end
for _, field in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', ARGV[1], 'LIMIT', 0, 500)) do
  local claim, used, seq, how = parse(redis.call('HGET', KEYS[2], field) or '0 0 0 hazard')
  local account, day = string.match(field, '^([^|]*)|([^|]*)|')
  add(account, day, 'c', -claim)
  if how == 'hard' then add(account, day, 'o', claim) end
  redis.call('HDEL', KEYS[2], field)
  redis.call('ZREM', KEYS[3], field)
end
local stopped = redis.call('HGET', KEYS[1], 'stop') == '1'
local function spent(account, day)
  local sum = 0
  for _, column in ipairs({'s', 'x', 'o', 'c'}) do sum = sum + read(account .. '|' .. day .. '|' .. column) end
  return sum
end
for i = 7, #ARGV, 8 do
  local record = redis.call('HGET', KEYS[2], ARGV[i] .. '|' .. ARGV[i + 1] .. '|' .. node)
  if record then
    local _, _, seq = parse(record)
    if sequence <= seq then return {'stale'} end
  end
end
local out = {'granted'}
for i = 7, #ARGV, 8 do
  local account, day = ARGV[i], ARGV[i + 1]
  local used, open = tonumber(ARGV[i + 4]), tonumber(ARGV[i + 5])
  local held, want = tonumber(ARGV[i + 6]), tonumber(ARGV[i + 7])
  local field = account .. '|' .. day .. '|' .. node
  local record = redis.call('HGET', KEYS[2], field)
  local claim, before, void = 0, used, '0'
  if record then claim, before = parse(record) elseif held > 0 then held, void = 0, '1' end
  if mode == 'hard' then add(account, day, 'o', used - before) end
  local left, short = math.huge, ''
  if ARGV[i + 2] ~= '' then left, short = tonumber(ARGV[i + 2]) - spent(account, day) + claim, 'daily' end
  if ARGV[i + 3] ~= '' then
    local ofAll = tonumber(ARGV[i + 3]) - spent(account, 'all') + claim
    if ofAll < left then left, short = ofAll, 'total' end
  end
  if stopped then left, short = 0, 'stopped' end
  local target = math.max(0, math.min(want, left - open))
  if target >= want then short = '' end
  local after = open + math.max(held, target)
  add(account, day, 'c', after - claim)
  if after > 0 or want > 0 then
    redis.call('HSET', KEYS[2], field, text(after) .. ' ' .. text(used) .. ' ' .. text(sequence) .. ' ' .. mode)
    redis.call('ZADD', KEYS[3], mode == 'hard' and ARGV[2] or ARGV[3], field)
  else
    redis.call('HDEL', KEYS[2], field)
    redis.call('ZREM', KEYS[3], field)
  end
  out[#out + 1] = text(target - held)
  out[#out + 1] = void
  out[#out + 1] = short
end
return out`

/** KEYS books, bid. ARGV `s` settled or `r` released, remember_ms, then 5 for each entry. */
export const BOOK = `${COMMON}
if not from then return 'unbuilt' end
local known = redis.call('GET', KEYS[2])
if known == 's' or (known and ARGV[1] == 'r') then return 'duplicate' end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
for i = 3, #ARGV, 5 do
  if not known then add(ARGV[i], ARGV[i + 1], 'o', -tonumber(ARGV[i + 2])) end
  add(ARGV[i], ARGV[i + 1], 's', tonumber(ARGV[i + 3]))
  add(ARGV[i], ARGV[i + 1], 'x', tonumber(ARGV[i + 4]))
end
return known and 'after_release' or 'booked'`

/** KEYS books. ARGV 5 for each truth. */
export const RECONCILE = `${COMMON}
local out = {}
for i = 1, #ARGV, 5 do
  for at, column in ipairs({'s', 'x', 'o'}) do
    local diff = tonumber(ARGV[i + 1 + at]) - read(ARGV[i] .. '|' .. ARGV[i + 1] .. '|' .. column)
    add(ARGV[i], ARGV[i + 1], column, diff)
    if column == 's' then out[#out + 1] = text(diff) end
  end
end
return out`

/** KEYS books, claims, expiry, bids. ARGV from_ms, number of bids, their remember_ms, then 5 for each truth. */
export const REBUILD = `${COMMON}
local stop = redis.call('HGET', KEYS[1], 'stop')
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
if stop then redis.call('HSET', KEYS[1], 'stop', stop) end
redis.call('HSET', KEYS[1], 'from', ARGV[1])
local bids = tonumber(ARGV[2])
for i = 1, bids do redis.call('SET', KEYS[3 + i], 's', 'PX', ARGV[2 + i]) end
for i = 3 + bids, #ARGV, 5 do
  for at, column in ipairs({'s', 'x', 'o'}) do add(ARGV[i], ARGV[i + 1], column, tonumber(ARGV[i + 1 + at])) end
end
return 1`
