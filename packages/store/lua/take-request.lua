--[[
Takes one of the requests that an API key may make: N in a minute, and at most N at once.

KEYS[1]  the time, in microseconds, at which the key has all its requests again; absent where it has them now
ARGV[1]  N

Returns 0 where the request is taken, else the milliseconds until there is one.
]]
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval = math.ceil(60000000 / ARGV[1])
local full = math.max(now, tonumber(redis.call('GET', KEYS[1]) or now))
local over = full + interval - now - interval * ARGV[1]
if over > 0 then
  return math.ceil(over / 1000)
end
-- Who may erase must be able to while memory is full: then the first write of a script must be one that cannot grow it.
redis.call('DEL', KEYS[1])
local next_full = full + interval
redis.call('SET', KEYS[1], string.format('%.0f', next_full), 'PX', math.ceil((next_full - now) / 1000))
return 0
