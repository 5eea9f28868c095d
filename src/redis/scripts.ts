/**
 * Units of a key in windows that begin with its first unit, as `RateLimiter` has them, on Redis's clock. A window that would end later
 * than a new one was made before that clock was set back.
 */
const take = `
local function take(key, wanted, limit, window)
  local used = tonumber(redis.call('GET', key) or '0')
  local left = redis.call('PTTL', key)
  if left <= 0 or left > window then used, left = 0, window end
  local granted = math.max(0, math.min(wanted, limit - used))
  redis.call('SET', key, used + granted, 'PX', left)
  return granted, math.max(0, limit - used - granted), left
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

/** KEYS: the units of a key. ARGV: wanted, limit, window in milliseconds. Answers granted, remaining, milliseconds left. */
export const takeScript = `${take}
return { take(KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])) }`

/** KEYS: the units of a key. Gives one back. */
export const refundScript = `
if tonumber(redis.call('GET', KEYS[1]) or '0') > 0 then redis.call('DECR', KEYS[1]) end`

/**
 * KEYS: an agency's units, its requests in progress. ARGV: limit, window, requests at most, lease in milliseconds, the request.
 * Answers granted, remaining, milliseconds left, and 1 where the request got a slot. A slot whose lease has ended is free, because the
 * process that held it is gone.
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
