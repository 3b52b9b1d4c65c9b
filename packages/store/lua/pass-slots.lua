--[[
Frees slots of an endpoint, and gives what is free to the deliveries that were parked first.

KEYS[1]  the endpoint's slots: deliveries by the time at which their lease runs out
KEYS[2]  the endpoint's parked deliveries, by the time at which they were parked
KEYS[3]  the shard's busy endpoints, by the time at which they should be looked at
ARGV     1 endpoint, 2 now, 3 end of a new lease, 4 limit, then the deliveries that give their slot back

Returns the deliveries to wake: those that got a slot, and those whose lease had run out.
]]
local slots, parked = KEYS[1], KEYS[2]
for position = 5, #ARGV do
  redis.call('ZREM', slots, ARGV[position])
end

local woken = redis.call('ZRANGEBYSCORE', slots, '-inf', ARGV[2])
for _, delivery in ipairs(woken) do
  redis.call('ZREM', slots, delivery)
end

local free = tonumber(ARGV[4]) - redis.call('ZCARD', slots)
if free > 0 then
  local next = redis.call('ZPOPMIN', parked, free)
  for position = 1, #next, 2 do
    redis.call('ZADD', slots, ARGV[3], next[position])
    woken[#woken + 1] = next[position]
  end
end

local first = redis.call('ZRANGE', slots, 0, 0, 'WITHSCORES')
if first[2] then
  redis.call('ZADD', KEYS[3], first[2], ARGV[1])
else
  redis.call('ZREM', KEYS[3], ARGV[1])
end
return woken
