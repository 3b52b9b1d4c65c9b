--[[
Takes the lease to sweep a shard, if nobody has it.

KEYS[1]  the lease
ARGV     1 owner, 2 how long it runs, in milliseconds

Returns 0 when the owner has it, which a call that is sent again finds too; else the milliseconds until it runs out.
]]
if redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2], 'NX') or redis.call('GET', KEYS[1]) == ARGV[1] then
  return 0
end
return math.max(1, redis.call('PTTL', KEYS[1]))
