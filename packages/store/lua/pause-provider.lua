--[[
Pauses a model's provider, and tells every worker; forgets pauses that are over.

KEYS[1]  the hash of pauses: provider to end, in milliseconds since 1970
ARGV     1 provider, 2 end of the pause, 3 now, 4 the channel, 5 how many providers may be paused at a time

Returns the end of the pause: a later one that was there stays.
]]
local now, latest = tonumber(ARGV[3]), 0
local pauses = redis.call('HGETALL', KEYS[1])
local count = 0
for position = 1, #pauses, 2 do
  local ending = tonumber(pauses[position + 1])
  if ending <= now then
    redis.call('HDEL', KEYS[1], pauses[position])
  else
    count = count + 1
    latest = math.max(latest, ending)
  end
end

local known = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or 0)
local ending = tonumber(ARGV[2])
if known >= ending or (known == 0 and count >= tonumber(ARGV[5])) then
  return string.format('%.0f', math.max(known, ending))
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', math.max(latest, ending)))
redis.call('PUBLISH', ARGV[4], ARGV[2] .. ' ' .. ARGV[1])
return ARGV[2]
