--[[
Writes all or nothing, fenced by what the caller has read (invariant 2).

KEYS       every key that a fence or a write names; the first one is a hash that the commit changes
ARGV[1]    the commit's own name
ARGV[2]    the number of fences
then for each fence:   key's position in KEYS, hash field, expected value ('' = the field must not exist)
then for each write:   command, key's position in KEYS (0 = the command takes no key), number of arguments, arguments
                       The command STOP_IF_EXISTS is ours: while its key exists, the writes behind it are left out.

Returns 1 when everything was written, 0 when a fence did not hold. A commit that is sent again, since its answer was
lost with the connection, finds its own name as the last one and returns 1 again.
]]
local position = 3
for _ = 1, tonumber(ARGV[2]) do
  local value = redis.call('HGET', KEYS[tonumber(ARGV[position])], ARGV[position + 1]) or ''
  if value ~= ARGV[position + 2] then
    return redis.call('HGET', KEYS[1], 'commit') == ARGV[1] and 1 or 0
  end
  position = position + 3
end

redis.call('HSET', KEYS[1], 'commit', ARGV[1])
while position <= #ARGV do
  local command = { ARGV[position] }
  local key = tonumber(ARGV[position + 1])
  if key > 0 then
    command[2] = KEYS[key]
  end
  local count = tonumber(ARGV[position + 2])
  for offset = 3, count + 2 do
    command[#command + 1] = ARGV[position + offset]
  end
  if command[1] ~= 'STOP_IF_EXISTS' then
    redis.call(unpack(command))
  elseif redis.call('EXISTS', command[2]) == 1 then
    return 1
  end
  position = position + 3 + count
end
return 1
