--[[
Changes tasks, and nothing else: see shares.lua, which stands before this text.

KEYS[1]  the shard's hash tag
ARGV[1]  now, in milliseconds
then     operations
]]
return change_tasks(KEYS[1], ARGV[1], ARGV, 2, #ARGV)
