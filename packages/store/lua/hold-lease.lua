--[[
Takes a lease if nobody has it, and renews one's own.

KEYS[1]  the lease
ARGV     1 owner, 2 for how long from now, in milliseconds

Returns 0 when the owner has it; else the milliseconds until it runs out.
]]
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then
  return math.max(1, redis.call('PTTL', KEYS[1]))
end
-- What is done under it frees memory. Where it is full, the first write of a script must be one that cannot grow it.
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 0
