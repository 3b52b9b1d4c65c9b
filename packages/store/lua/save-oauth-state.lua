--[[
Keeps a state, unless the account has as many as it may have: nobody needs a key to open a link (invariant 9).

KEYS[1]  the state's hash
KEYS[2]  the keys of the account's states, by the time at which they expire
ARGV     1 digest of the browser's cookie, 2 record, 3 when the state expires, 4 how many an account may have

Returns 0 when the state is kept, else the time at which the account's next state expires. A state that the account has
already is replaced, whatever their number.
]]
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
if not redis.call('ZSCORE', KEYS[2], KEYS[1]) and redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[4]) then
  return tonumber(redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2])
end
if tonumber(ARGV[3]) <= now then
  return 0
end

redis.call('HSET', KEYS[1], 'cookie', ARGV[1], 'record', ARGV[2])
redis.call('PEXPIREAT', KEYS[1], ARGV[3])
redis.call('ZADD', KEYS[2], ARGV[3], KEYS[1])
local last = redis.call('ZRANGE', KEYS[2], -1, -1, 'WITHSCORES')[2]
redis.call('PEXPIREAT', KEYS[2], string.format('%.0f', tonumber(last)))
return 0
