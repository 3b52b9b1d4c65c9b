--[[
Removes a member of a sorted set, unless its score has changed.

KEYS[1]  the sorted set
ARGV     1 member, 2 the score
]]
if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or -1) == tonumber(ARGV[2]) then
  redis.call('ZREM', KEYS[1], ARGV[1])
end
