--[[
Takes the next task of a queue: see `take_task` in bullmq-tasks.lua, which stands before this text.

KEYS[1]  the shard's hash tag, the queue's name and a colon on both sides
ARGV     now, in milliseconds; then what `take_task` is told

Returns what `take_task` does.
]]
return take_task(KEYS[1], ARGV[1], ARGV, 2, #ARGV)
