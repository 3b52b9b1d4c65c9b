--[[
The oldest members of several sorted sets together.

KEYS     the sorted sets
ARGV[1]  how many members of each are answered at most

Returns how many members the sets have, then members and scores in turn.
]]
local answer = { 0 }
for index = 1, #KEYS do
  answer[1] = answer[1] + redis.call('ZCARD', KEYS[index])
  for _, value in ipairs(redis.call('ZRANGE', KEYS[index], 0, ARGV[1] - 1, 'WITHSCORES')) do
    answer[#answer + 1] = value
  end
end
return answer
