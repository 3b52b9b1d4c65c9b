--[[
Reads a piece of a job's steps, in the order of its turns and of their calls.

KEYS[1]  the job's steps
ARGV     1 the turn and 2 the index at which the piece begins (index -1: the turn's reply), 3 how many steps it may have,
         4 with how many bytes it ends: its last step may pass them

Returns the turn and the index at which the next piece begins, false for both when nothing is left, and the texts of the
records. A piece that begins with a call has the reply that asks for it first, beside the count.
]]
local turn, index = tonumber(ARGV[1]), tonumber(ARGV[2])
local steps, bytes = tonumber(ARGV[3]), tonumber(ARGV[4])
local texts = {}
local taken = 0

local function add(field)
  local text = redis.call('HGET', KEYS[1], field)
  if text then
    texts[#texts + 1] = text
    bytes = bytes - #text
  end
end

if index >= 0 then
  add('turn:' .. turn)
end
while true do
  if index >= 0 and redis.call('HEXISTS', KEYS[1], 'call:' .. turn .. ':' .. index) == 0 then
    turn, index = turn + 1, -1
  end
  if index < 0 and redis.call('HEXISTS', KEYS[1], 'turn:' .. turn) == 0 then
    return { false, false, texts }
  end
  if taken >= steps or (taken > 0 and bytes <= 0) then
    return { turn, index, texts }
  end
  if index < 0 then
    add('turn:' .. turn)
  else
    add('call:' .. turn .. ':' .. index)
    add('outcome:' .. turn .. ':' .. index)
  end
  taken = taken + 1
  index = index + 1
end
