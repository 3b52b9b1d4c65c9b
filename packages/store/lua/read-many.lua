--[[
Reads several things at once, all of one shard.

KEYS     the key of each read
ARGV     for each read: its command, the number of its further arguments, those arguments

Returns what each command answers, in their order; an error for each that failed.
]]
local answers = {}
local place = 1
for index, key in ipairs(KEYS) do
  local last = place + 1 + ARGV[place + 1]
  answers[index] = redis.pcall(ARGV[place], key, unpack(ARGV, place + 2, last))
  place = last + 1
end
return answers
