--[[
Keeps a state, and of its account no more than the newest ones: nobody needs a key to open a link (invariant 9).

KEYS[1]  the state's hash
KEYS[2]  the keys of the account's states, the newest last
ARGV     1 digest of the browser's cookie, 2 record, 3 when the state expires, 4 how many are kept

Returns nothing. What is dropped are keys of the same shard as KEYS.
]]
redis.call('HSET', KEYS[1], 'cookie', ARGV[1], 'record', ARGV[2])
redis.call('PEXPIREAT', KEYS[1], ARGV[3])
local lifetime = redis.call('PTTL', KEYS[1])
if lifetime < 0 then
  return
end

redis.call('LREM', KEYS[2], 0, KEYS[1])
local count = redis.call('RPUSH', KEYS[2], KEYS[1])
if redis.call('PTTL', KEYS[2]) < lifetime then
  redis.call('PEXPIREAT', KEYS[2], ARGV[3])
end
for _ = 1, count - tonumber(ARGV[4]) do
  redis.call('DEL', redis.call('LPOP', KEYS[2]))
end
