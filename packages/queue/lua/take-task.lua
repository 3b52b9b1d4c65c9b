--[[
Takes the next task of a queue, in the format of BullMQ 6.7, under a lock. BullMQ's own script does the same with more
commands: see bullmq-tasks.lua. What is rare is left to it: queues that an operator has stopped or limits, tasks whose time
has come, and tasks with a priority.

KEYS[1]  the shard's hash tag, the queue's name and a colon on both sides: see bullmq-tasks.lua
ARGV     1 now, in milliseconds; 2 the lock's token, 3 its duration in milliseconds; then, where something is to be read of
         what the task is about: 4 what its hash's key begins with, before its id; 5 on fields of that hash

Returns as BullMQ's script does, and two values more: the task's hash (false = there is none), its id, 0, when the next
delayed task is due (0 = there is none, or a task was taken), 1 = there may be others, and the values of the fields.
False: BullMQ has to look.
]]
local call = redis.call
local prefix, now = KEYS[1], ARGV[1]
local meta = call('HMGET', prefix .. 'meta', 'paused', 'concurrency', 'max')
local due = call('ZRANGE', prefix .. 'delayed', 0, 0, 'WITHSCORES')[2]
-- BullMQ keeps the time in milliseconds, and 12 bits behind it.
due = due and math.floor(due / 4096)
if meta[1] or meta[2] or meta[3] or due and due <= tonumber(now) then
  return false
end
local id = call('RPOPLPUSH', prefix .. 'wait', prefix .. 'active')
local has_prioritized = call('EXISTS', prefix .. 'prioritized') == 1
if not id then
  return not has_prioritized and { false, '', 0, due or 0, 0 }
end
local key = prefix .. id
call('SET', key .. ':lock', ARGV[2], 'PX', ARGV[3])
call('HSET', key, 'processedOn', now)
call('HINCRBY', key, 'ats', 1)
-- Whoever looks in vain hears when the next delayed task is due, and waits for it.
local has_others = due or has_prioritized or call('LLEN', prefix .. 'wait') > 0
if has_others then
  call('ZADD', prefix .. 'marker', 0, '0')
end
-- Ids of tasks begin with what they are about, and a dot: see `taskId`.
local read = ARGV[4] and call('HMGET', ARGV[4] .. string.match(id, '^[^.]*'), unpack(ARGV, 5))
return { call('HGETALL', key), id, 0, 0, has_others and 1 or 0, read or {} }
