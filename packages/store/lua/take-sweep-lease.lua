--[[
Takes the lease to sweep a shard, if nobody has it.

KEYS[1]  the lease
ARGV     1 owner, 2 how long it runs, in milliseconds

Returns 0 when the owner has it, which a call that is sent again finds too; else the milliseconds until it runs out.
]]
local owner = redis.call('GET', KEYS[1])
if owner == ARGV[1] then
  return 0
end
if owner then
  return math.max(1, redis.call('PTTL', KEYS[1]))
end
-- Sweeping frees memory. Where it is full, the first write of a script must be one that cannot grow it.
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 0
