/**
 * Units of a key that come back one by one, as `RateLimiter` has them, on Redis's clock, in microseconds: the value is when all are
 * back. One that is further away than a period was written before that clock was set back.
 */
const take = `
local function take(key, wanted, limit, period)
  local time = redis.call('TIME')
  local now = time[1] * 1000000 + time[2]
  local whole = period * 1000
  local missing = tonumber(redis.call('GET', key) or '0') - now
  if missing < 0 or missing > whole then missing = 0 end
  local left = math.floor((whole - missing) * limit / whole)
  local granted = math.min(wanted, left)
  missing = missing + granted * whole / limit
  local ms = math.ceil(missing / 1000)
  if granted > 0 then redis.call('SET', key, string.format('%.0f', math.floor(now + missing)), 'PX', ms) end
  return granted, left - granted, ms
end`

const lease = `
local function hold(key, lease, first, last)
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  for index = first, last do redis.call('ZADD', key, now + lease, ARGV[index]) end
  redis.call('PEXPIRE', key, lease)
end
local function running(key, lease)
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
  redis.call('ZREMRANGEBYSCORE', key, '(' .. (now + lease), '+inf')
  return redis.call('ZCARD', key)
end`

/** KEYS: the units of a key. ARGV: wanted, limit, period in milliseconds. Answers granted, remaining, milliseconds until whole. */
export const takeScript = `${take}
return { take(KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])) }`

/** KEYS: the units of a key. ARGV: limit, period in milliseconds. Gives one back. */
export const refundScript = `
local at = tonumber(redis.call('GET', KEYS[1]) or '0')
local unit = ARGV[2] * 1000 / ARGV[1]
if at > 0 then redis.call('SET', KEYS[1], string.format('%.0f', math.floor(at - unit)), 'KEEPTTL') end`

/**
 * KEYS: an agency's units, its requests in progress. ARGV: limit, period, requests at most, lease in milliseconds, the request.
 * Answers as `takeScript`, and 1 where the request got a slot. A slot whose lease has ended is free, because the process that held
 * it is gone.
 */
export const enterScript = `${take}${lease}
local granted, remaining, left = take(KEYS[1], 1, tonumber(ARGV[1]), tonumber(ARGV[2]))
local lease = tonumber(ARGV[4])
if granted == 0 or running(KEYS[2], lease) >= tonumber(ARGV[3]) then return { granted, remaining, left, 0 } end
hold(KEYS[2], lease, 5, 5)
return { granted, remaining, left, 1 }`

/** KEYS: an agency's requests in progress. ARGV: lease, the requests. Holds their slots for another lease, also where they were lost. */
export const holdScript = `${lease}
hold(KEYS[1], tonumber(ARGV[1]), 2, #ARGV)`
