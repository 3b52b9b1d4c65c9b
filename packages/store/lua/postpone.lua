--[[
Moves members of a sorted set back to a later time, while memory is full, too: each is removed before it is added again.

KEYS[1]  the sorted set
ARGV     1 the time, then the members; those that are not there, or stand later, stay as they are
]]
for position = 2, #ARGV do
  local time = redis.call('ZSCORE', KEYS[1], ARGV[position])
  if time and tonumber(time) < tonumber(ARGV[1]) then
    redis.call('ZREM', KEYS[1], ARGV[position])
    redis.call('ZADD', KEYS[1], ARGV[1], ARGV[position])
  end
end
