--[[
Tells who holds shares and who waits for one, without changing anything. See shares.lua for the keys.

KEYS[1]  the shard's hash tag
ARGV     1 how many tenants, and groups of one, are looked at for the oldest, then the pools

Returns five values for each pool (its tenant is '') and for each tenant of it that holds a share or waits: pool, tenant,
held, parked, and when the oldest of its parked tasks came, in milliseconds, '' where none waits. The oldest is that of
the task that comes next in its group, and of the one that comes next when all those of its priority whose jobs have begun
are gone.
]]
local most = tonumber(ARGV[1]) - 1
local answer = {}

local function oldestOf(key, tenant)
  local oldest
  for _, group in ipairs(redis.call('ZRANGE', key .. ':parked:' .. tenant, 0, most)) do
    local lane = key .. ':parked:' .. tenant .. ':' .. group
    local first = redis.call('ZRANGE', lane, 0, 0, 'WITHSCORES')
    -- The rank of jobs that have not begun is odd: see `rankOf`.
    local rank = first[2] and math.floor(first[2] / 2 ^ 31)
    local after = rank and string.format('%.0f', (rank - rank % 2 + 1) * 2 ^ 31)
    local behind = after and redis.call('ZRANGEBYSCORE', lane, after, '+inf', 'LIMIT', 0, 1)[1]
    for _, id in pairs({ first[1], behind or nil }) do
      local text = redis.call('HGET', key .. ':tasks', id)
      local arrived = text and tonumber(string.match(text, '^[^\n]*\n[^\n]*\n([^\n]*)\n'))
      if arrived and (not oldest or arrived < oldest) then
        oldest = arrived
      end
    end
  end
  return oldest
end

for place = 2, #ARGV do
  local pool = ARGV[place]
  local key = KEYS[1] .. ':shares:' .. pool
  local oldest = {}
  for _, tenant in ipairs(redis.call('ZRANGE', key .. ':parked', 0, most)) do
    oldest[tenant] = oldestOf(key, tenant)
    if oldest[tenant] and (not oldest[''] or oldest[tenant] < oldest['']) then
      oldest[''] = oldest[tenant]
    end
  end
  local counters = redis.call('HGETALL', key)
  for field = 1, #counters, 2 do
    local tenant = counters[field]
    if not string.find(tenant, '\n', 1, true) then
      local held, parked = string.match(counters[field + 1], '^(%S+) (%S+)')
      local arrived = oldest[tenant] and string.format('%.0f', oldest[tenant]) or ''
      for _, value in ipairs({ pool, tenant, held, parked, arrived }) do
        answer[#answer + 1] = value
      end
    end
  end
end
return answer
