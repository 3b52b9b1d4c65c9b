--[[
Notes how many slots a worker has in a shard, and counts those of all live workers.

KEYS[1]  hash: worker -> when it was heard of, and its slots
KEYS[2]  hash: pool -> nominal slots, slots in reserve, limit of a group; of all live workers
ARGV     1 worker, 2 now, 3 the time before which a worker must not have been heard of last (milliseconds), then for
         each pool: name, nominal slots, slots in reserve, limit of a group; none: the worker has no slots any more
]]
if #ARGV > 3 then
  redis.call('HSET', KEYS[1], ARGV[1], table.concat(ARGV, ' ', 2))
else
  redis.call('HDEL', KEYS[1], ARGV[1])
end

local capacity = {}
local workers = redis.call('HGETALL', KEYS[1])
for position = 1, #workers, 2 do
  local words = {}
  for word in string.gmatch(workers[position + 1], '%S+') do
    words[#words + 1] = word
  end
  if tonumber(words[1]) < tonumber(ARGV[3]) then
    redis.call('HDEL', KEYS[1], workers[position])
  else
    for word = 3, #words, 4 do
      local pool = capacity[words[word]] or { 0, 0, 0 }
      pool[1] = pool[1] + words[word + 1]
      pool[2] = pool[2] + words[word + 2]
      pool[3] = math.max(pool[3], words[word + 3])
      capacity[words[word]] = pool
    end
  end
end
redis.call('DEL', KEYS[2])
local fields = {}
for pool, slots in pairs(capacity) do
  fields[#fields + 1], fields[#fields + 2] = pool, table.concat(slots, ' ')
end
if #fields > 0 then
  redis.call('HSET', KEYS[2], unpack(fields))
end
