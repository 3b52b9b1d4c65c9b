--[[
Gives shares of the slots to tasks, takes them back, and parks the tasks that have to wait. The rule and the order are
those of packages/engine/src/share/pool.ts, which a test holds against this script. A task that gets a share is added to
BullMQ in the same run, and taken where that is wanted, by the functions of bullmq-tasks.lua, which stand before this
text.

change_tasks(tag, now, words, first, last)
tag      the shard's hash tag, which begins the names of all keys here; <pool> is the name of a BullMQ queue
         <tag>:shares:capacity                    hash: pool -> nominal slots, slots in reserve, limit of a group
         <tag>:shares:<pool>                      hash of counters: '' -> held, parked, standing, arrivals of the pool;
                                                  tenant -> held, parked, served, standing;
                                                  tenant\ngroup -> held, parked, served
         <tag>:shares:<pool>:tasks                hash: task -> 'h' (held) or 'p' (parked), owner, arrival, payload
         <tag>:shares:<pool>:held                 tasks by the time at which they got their share
         <tag>:shares:<pool>:parked               tenants with parked tasks, by how far they were served
         <tag>:shares:<pool>:parked:<tenant>      its groups with parked tasks, by how far they were served
         <tag>:shares:<pool>:parked:<tenant>:<group>  parked tasks, by priority and arrival
         <tag>:<pool>:meta                        BullMQ's settings of the queue
         <tag>:<pool>:<task>                      BullMQ's task
         <tag>:<pool>:<task>:lock                 the token of whoever runs it
now      in milliseconds
words    from `first` to `last`, any number of operations, done in their order:
         leave, pool, task                                        gives a share back, and what is free to who waits
         drop, pool, task                                         takes a task from the parked
         enter, pool, task, tenant, group, priority, payload      wants to run now: gets a share, or is parked
         try, pool, task, tenant, group, priority, payload        runs already: gets a share, or is refused
         start, pool, task, tenant, group, priority, payload, token, duration
                                                                  wants to run in the worker that asks: gets a share and
                                                                  BullMQ's lock, which has this token for so many
                                                                  milliseconds, or is refused
         finish, pool, task, token                                BullMQ has it as completed, where this token holds its lock
         sweep, pool, time                                        shares from before that time without a task of BullMQ
                                                                  are handed out again, and what is free to who waits

Answers three values for each task that something became of: 'granted' (and added to BullMQ, unless `try` asked for it),
'started' (granted and locked), 'parked', 'queued' (BullMQ has it) or 'refused'; then pool and task.
]]
local function change_tasks(tag, now, words, first, last)
  local answer = {}
  -- Mostly the task that has just run is all that is left, which needs nothing of what is defined below.
  while words[first] == 'finish' and first <= last do
    finish_task(tag .. ':' .. words[first + 1] .. ':', words[first + 2], words[first + 3])
    first = first + 4
  end
  if first > last then
    return answer
  end
  local pools = {}

  local function say(outcome, pool, id)
    local size = #answer
    answer[size + 1], answer[size + 2], answer[size + 3] = outcome, pool.name, id
  end

  local function add(pool, id, payload)
    add_task(pool.prefix, kinds[pool.name], id, payload, now)
    say('granted', pool, id)
  end

  -- Up to four numbers, 0 where there are fewer.
  local function numbersOf(text)
    local one, two, three, four = string.match(text or '', '^(%S*) ?(%S*) ?(%S*) ?(%S*)')
    return { tonumber(one) or 0, tonumber(two) or 0, tonumber(three) or 0, tonumber(four) or 0 }
  end

  local function open(name)
    if not pools[name] then
      local capacity = numbersOf(redis.call('HGET', tag .. ':shares:capacity', name))
      pools[name] = {
        name = name,
        key = tag .. ':shares:' .. name,
        prefix = tag .. ':' .. name .. ':',
        nominal = capacity[1],
        reserve = capacity[2],
        groupLimit = capacity[3],
        counters = {},
      }
    end
    return pools[name]
  end

  -- held, parked, served, standing; the pool's own are held, parked, standing, arrivals.
  local function counterFor(pool, field)
    local known = pool.counters
    known[field] = known[field] or numbersOf(redis.call('HGET', pool.key, field))
    return known[field]
  end

  local function laneOf(tenant, group)
    return tenant .. '\n' .. group
  end

  local function countersFor(pool, tenant, group)
    local lane = laneOf(tenant, group)
    local known = pool.counters
    if not (known[''] and known[tenant] and known[lane]) then
      local stored = redis.call('HMGET', pool.key, '', tenant, lane)
      known[''] = known[''] or numbersOf(stored[1])
      known[tenant] = known[tenant] or numbersOf(stored[2])
      known[lane] = known[lane] or numbersOf(stored[3])
    end
    return known[''], known[tenant], known[lane]
  end

  local function lanesKey(pool, tenant)
    return pool.key .. ':parked:' .. tenant
  end

  local function laneKey(pool, tenant, group)
    return pool.key .. ':parked:' .. tenant .. ':' .. group
  end

  local function format(status, tenant, group, arrived, payload)
    return table.concat({ status .. tenant, group, arrived, payload }, '\n')
  end

  local function read(pool, id)
    local text = redis.call('HGET', pool.key .. ':tasks', id)
    if not text then
      return nil
    end
    local status, tenant, group, arrived, payload = string.match(text, '^(.)([^\n]*)\n([^\n]*)\n([^\n]*)\n(.*)$')
    return { status = status, tenant = tenant, group = group, arrived = arrived, payload = payload }
  end

  local function isQueued(pool, id)
    return redis.call('EXISTS', pool.prefix .. id) == 1
  end

  -- What of the slots is left for the tenant; its groups share that. See mayTakeShare.
  local function roomOf(pool, all, tenant)
    local free = pool.nominal + pool.reserve - all[1]
    if free <= 0 then
      return 0
    end
    return (2 * pool.nominal + pool.reserve) * free - pool.reserve * tenant[1]
  end

  -- Whether a group of the tenant that holds nothing may take its first share. See mayTakeShare.
  local function hasFirst(pool, all, tenant)
    local free = pool.nominal + pool.reserve - all[1]
    return pool.nominal > 0 and 4 * free > pool.reserve and 2 * tenant[1] < 2 * pool.nominal + pool.reserve and free > 0
  end

  local function mayTake(pool, all, tenant, group)
    if pool.groupLimit > 0 and group[1] >= pool.groupLimit then
      return false
    end
    if group[1] == 0 and hasFirst(pool, all, tenant) then
      return true
    end
    local room = roomOf(pool, all, tenant)
    return room > 0 and group[1] * (pool.nominal + pool.reserve) * pool.reserve < pool.nominal * room
  end

  -- Who has nothing parked starts where the pool stands, if it was served less.
  local function arrive(all, tenant, group)
    if tenant[2] == 0 then
      tenant[3] = math.max(tenant[3], all[3])
    end
    if group[2] == 0 then
      group[3] = math.max(group[3], tenant[4])
    end
  end

  local function grant(pool, id, owner, group)
    local all, ofTenant, ofGroup = countersFor(pool, owner, group)
    local start = math.max(ofTenant[3], all[3])
    local groupStart = math.max(ofGroup[3], ofTenant[4])
    all[3], ofTenant[3] = start, start + 1
    ofTenant[4], ofGroup[3] = groupStart, groupStart + 1
    for _, counter in ipairs({ all, ofTenant, ofGroup }) do
      counter[1] = counter[1] + 1
    end
    redis.call('ZADD', pool.key .. ':held', now, id)
    if ofTenant[2] > 0 then
      redis.call('ZADD', pool.key .. ':parked', ofTenant[3], owner)
    end
    if ofGroup[2] > 0 then
      redis.call('ZADD', lanesKey(pool, owner), ofGroup[3], group)
    end
  end

  -- Takes a task that ZREM or ZPOPMIN has removed out of the counts of the parked.
  local function unpark(pool, tenant, group)
    local all, ofTenant, ofGroup = countersFor(pool, tenant, group)
    for _, counter in ipairs({ all, ofTenant, ofGroup }) do
      counter[2] = counter[2] - 1
    end
    if ofGroup[2] == 0 then
      redis.call('ZREM', lanesKey(pool, tenant), group)
    end
    if ofTenant[2] == 0 then
      redis.call('ZREM', pool.key .. ':parked', tenant)
    end
  end

  -- Nothing is kept of owners who hold nothing and wait for nothing.
  local function forget(pool, tenant, group)
    local all, ofTenant, ofGroup = countersFor(pool, tenant, group)
    if ofGroup[1] + ofGroup[2] == 0 then
      ofGroup[3] = 0
    end
    if ofTenant[1] + ofTenant[2] == 0 then
      ofTenant[3], ofTenant[4] = 0, 0
    end
    if all[1] + all[2] == 0 then
      all[3], all[4] = 0, 0
    end
  end

  -- The first member, by score, that passes: those that do not pass hold shares, so there are not many of them.
  local function firstOf(key, passes)
    local page = 16
    for offset = 0, math.huge, page do
      local members = redis.call('ZRANGE', key, offset, offset + page - 1)
      for _, member in ipairs(members) do
        if passes(member) then
          return member
        end
      end
      if #members < page then
        return nil
      end
    end
  end

  local function dispatch(pool)
    local all = counterFor(pool, '')
    while all[2] > 0 and all[1] < pool.nominal + pool.reserve do
      local group
      local tenant = firstOf(pool.key .. ':parked', function(tenant)
        local ofTenant = counterFor(pool, tenant)
        if roomOf(pool, all, ofTenant) <= 0 and not hasFirst(pool, all, ofTenant) then
          return false
        end
        group = firstOf(lanesKey(pool, tenant), function(group)
          return mayTake(pool, all, ofTenant, counterFor(pool, laneOf(tenant, group)))
        end)
        return group
      end)
      if not tenant then
        return
      end
      local id = redis.call('ZPOPMIN', laneKey(pool, tenant, group))[1]
      local task = read(pool, id)
      unpark(pool, tenant, group)
      redis.call('HSET', pool.key .. ':tasks', id, format('h', tenant, group, task.arrived, task.payload))
      grant(pool, id, tenant, group)
      add(pool, id, task.payload)
    end
  end

  local operations = {}

  function operations.leave(pool, id)
    local task = read(pool, id)
    if not task or task.status ~= 'h' then
      return
    end
    redis.call('ZREM', pool.key .. ':held', id)
    redis.call('HDEL', pool.key .. ':tasks', id)
    local all, ofTenant, ofGroup = countersFor(pool, task.tenant, task.group)
    for _, counter in ipairs({ all, ofTenant, ofGroup }) do
      counter[1] = counter[1] - 1
    end
    forget(pool, task.tenant, task.group)
    dispatch(pool)
  end

  function operations.drop(pool, id)
    local task = read(pool, id)
    if not task or task.status ~= 'p' then
      return
    end
    redis.call('ZREM', laneKey(pool, task.tenant, task.group), id)
    redis.call('HDEL', pool.key .. ':tasks', id)
    unpark(pool, task.tenant, task.group)
    forget(pool, task.tenant, task.group)
  end

  -- Whether a task that nobody of its group waits before gets a share.
  local function mayTakeNow(pool, tenant, group)
    local all, ofTenant, ofGroup = countersFor(pool, tenant, group)
    return ofGroup[2] == 0 and mayTake(pool, all, ofTenant, ofGroup)
  end

  local function take(pool, id, tenant, group, payload)
    arrive(countersFor(pool, tenant, group))
    redis.call('HSET', pool.key .. ':tasks', id, format('h', tenant, group, now, payload))
    grant(pool, id, tenant, group)
  end

  function operations.enter(pool, id, tenant, group, priority, payload)
    if isQueued(pool, id) then
      return say('queued', pool, id)
    end
    local known = read(pool, id)
    if known and known.status == 'h' then
      return add(pool, id, known.payload)
    elseif known then
      return say('parked', pool, id)
    end
    if mayTakeNow(pool, tenant, group) then
      take(pool, id, tenant, group, payload)
      return add(pool, id, payload)
    end
    local all, ofTenant, ofGroup = countersFor(pool, tenant, group)
    arrive(all, ofTenant, ofGroup)
    for _, counter in ipairs({ all, ofTenant, ofGroup }) do
      counter[2] = counter[2] + 1
    end
    all[4] = all[4] + 1
    local score = string.format('%.0f', tonumber(priority) * 2 ^ 32 + all[4])
    redis.call('HSET', pool.key .. ':tasks', id, format('p', tenant, group, now, payload))
    redis.call('ZADD', laneKey(pool, tenant, group), score, id)
    redis.call('ZADD', lanesKey(pool, tenant), ofGroup[3], group)
    redis.call('ZADD', pool.key .. ':parked', ofTenant[3], tenant)
    say('parked', pool, id)
  end

  operations['try'] = function(pool, id, tenant, group, _, payload)
    local known = read(pool, id)
    local isTaken = known and known.status == 'h'
    if not known and mayTakeNow(pool, tenant, group) then
      take(pool, id, tenant, group, payload)
      isTaken = true
    end
    say(isTaken and 'granted' or 'refused', pool, id)
  end

  function operations.start(pool, id, tenant, group, _, payload, token, duration)
    -- It may be sent again, since its answer was lost with the connection.
    if redis.call('GET', pool.prefix .. id .. ':lock') == token then
      return say('started', pool, id)
    end
    local isNew = not isQueued(pool, id) and not read(pool, id)
    local isStarted = isNew
      and mayTakeNow(pool, tenant, group)
      and start_task(pool.prefix, kinds[pool.name], id, payload, now, token, duration)
    if isStarted then
      take(pool, id, tenant, group, payload)
    end
    say(isStarted and 'started' or 'refused', pool, id)
  end

  function operations.finish(pool, id, token)
    finish_task(pool.prefix, id, token)
  end

  function operations.sweep(pool, before)
    for _, id in ipairs(redis.call('ZRANGEBYSCORE', pool.key .. ':held', '-inf', before)) do
      if not isQueued(pool, id) then
        redis.call('ZADD', pool.key .. ':held', now, id)
        add(pool, id, read(pool, id).payload)
      end
    end
    dispatch(pool)
  end

  local sizes = { leave = 2, drop = 2, enter = 6, try = 6, start = 8, finish = 3, sweep = 2 }
  local position = first
  while position <= last do
    local name = words[position]
    local size = sizes[name]
    operations[name](open(words[position + 1]), unpack(words, position + 2, position + size))
    position = position + size + 1
  end

  -- Counters are written once, those of nobody are erased.
  for _, pool in pairs(pools) do
    local changed, gone = {}, {}
    for field, counter in pairs(pool.counters) do
      if counter[1] + counter[2] == 0 then
        gone[#gone + 1] = field
      else
        changed[#changed + 1] = field
        changed[#changed + 1] = table.concat(counter, ' ')
      end
    end
    if #gone > 0 then
      redis.call('HDEL', pool.key, unpack(gone))
    end
    if #changed > 0 then
      redis.call('HSET', pool.key, unpack(changed))
    end
  end
  return answer
end
