--[[
Ends the locks that an owner holds on a queue's tasks, and has BullMQ look at these tasks next: one that is active and
has no lock goes back to wait.

KEYS[1]  BullMQ's list of active tasks
KEYS[2]  BullMQ's set of tasks that may be stalled
KEYS[3]  BullMQ's note that stalled tasks were looked for
ARGV[1]  what the keys of tasks begin with; they share the queue's hash tag
ARGV[2]  what the tokens of the owner's locks begin with

Returns how many there were.
]]
local ended = 0
for _, id in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
  local lock = ARGV[1] .. id .. ':lock'
  local token = redis.call('GET', lock)
  if token and string.sub(token, 1, #ARGV[2]) == ARGV[2] then
    redis.call('DEL', lock)
    redis.call('SADD', KEYS[2], id)
    ended = ended + 1
  end
end
if ended > 0 then
  redis.call('DEL', KEYS[3])
end
return ended
