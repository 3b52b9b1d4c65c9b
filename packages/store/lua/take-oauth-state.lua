--[[
Takes a state that is single-use, but only for the browser that it was made for.

KEYS[1]  the state's hash
ARGV[1]  the digest of the browser's cookie

Returns the record, or false when there is no such state for this browser. Nobody else's attempt burns it.
]]
if redis.call('HGET', KEYS[1], 'cookie') ~= ARGV[1] then
  return false
end
local record = redis.call('HGET', KEYS[1], 'record')
redis.call('DEL', KEYS[1])
return record
