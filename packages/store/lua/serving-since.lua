--[[
Notices that this Redis was restarted, or is another one than before.

KEYS[1]  the shard's hash of what was noticed
ARGV[1]  the time at which it is asked, in milliseconds since 1970: before the outage, if the question waited for its end

Returns the time at which the newest outage was seen to be over; 0 when there never was one.
]]
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
local known = redis.call('HMGET', KEYS[1], 'run', 'since')
if run and known[1] ~= run then
  local clock = redis.call('TIME')
  local now = math.max(tonumber(ARGV[1]), clock[1] * 1000 + math.floor(clock[2] / 1000))
  local since = known[1] and string.format('%.0f', now) or '0'
  redis.call('HSET', KEYS[1], 'run', run, 'since', since)
  return since
end
return known[2] or '0'
