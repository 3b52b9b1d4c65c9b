--[[
Claims a delivery that is due, if its endpoint has a slot for it; parks it otherwise.

KEYS[1]  the delivery's hash
KEYS[2]  the shard's due deliveries
KEYS[3]  the endpoint's slots: deliveries by the time at which their lease runs out
KEYS[4]  the endpoint's parked deliveries, by the time at which they were parked
KEYS[5]  the shard's busy endpoints, by the time at which they should be looked at
KEYS[6]  the mark of an endpoint that wants nothing any more
ARGV     1 delivery, 2 endpoint, 3 expected sequence, 4 next sequence, 5 running state, 6 parked state,
         7 parked at, 8 end of the lease, 9 limit, 10 the claim's own name

Returns 'running' or 'parked' (written), 'disabled' or 'lost' (nothing was written). A claim that is sent again, since
its answer was lost with the connection, finds its own name as the last one and returns what it returned.
]]
local delivery, lease = ARGV[1], ARGV[8]
local stored = redis.call('HMGET', KEYS[1], 'sequence', 'commit', 'state')
if stored[1] ~= ARGV[3] then
  if stored[2] ~= ARGV[10] then
    return 'lost'
  end
  return stored[3] == ARGV[5] and 'running' or 'parked'
end
if redis.call('EXISTS', KEYS[6]) == 1 then
  return 'disabled'
end

local held = redis.call('ZSCORE', KEYS[3], delivery)
if held or redis.call('ZCARD', KEYS[3]) < tonumber(ARGV[9]) then
  redis.call('HSET', KEYS[1], 'sequence', ARGV[4], 'state', ARGV[5], 'commit', ARGV[10])
  redis.call('ZADD', KEYS[3], lease, delivery)
  redis.call('ZREM', KEYS[4], delivery)
  redis.call('ZADD', KEYS[2], lease, delivery)
  redis.call('ZADD', KEYS[5], 'NX', lease, ARGV[2])
  return 'running'
end
redis.call('HSET', KEYS[1], 'sequence', ARGV[4], 'state', ARGV[6], 'commit', ARGV[10])
redis.call('ZADD', KEYS[4], ARGV[7], delivery)
redis.call('ZREM', KEYS[2], delivery)
return 'parked'
