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
         <tag>:shares:<pool>:parked:<tenant>:<group>  parked tasks, by rank and arrival
         <tag>:<pool>:meta                        BullMQ's settings of the queue
         <tag>:<pool>:<task>                      BullMQ's task
         <tag>:<pool>:<task>:lock                 the token of whoever runs it
now      in milliseconds
words    from `first` to `last`, any number of operations, done in their order:
         leave, pool, task                                        gives a share back, and what is free to who waits
         drop, pool, task                                         takes a task from the parked
         enter, pool, task, tenant, group, rank, payload          wants to run now: gets a share, or is parked
         try, pool, task, tenant, group, rank, payload            runs already: gets a share, or is refused
         start, pool, task, tenant, group, rank, payload, token, duration
                                                                  wants to run in the worker that asks: gets a share and
                                                                  BullMQ's lock, which has this token for so many
                                                                  milliseconds, or is refused
         finish, pool, task, token                                BullMQ has it as completed, where this token holds its lock
         take, pool, from queue, number of words, words           a slot takes the next task of the pool: one that gets a
                                                                  share by an operation behind this one; or else, where
                                                                  that is '1', one that BullMQ has. See `take_task`
         sweep, pool, time                                        shares from before that time without a task of BullMQ
                                                                  are handed out again, and what is free to who waits

Answers three values for each task that something became of: 'granted' (and added to BullMQ, unless `try` asked for it),
'started' (granted and locked), 'parked', 'queued' (BullMQ has it) or 'refused'; then pool and task. And what `take` answers.
]]
local function change_tasks(tag, now, words, first, last)
  local call, match = redis.call, string.match
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

  -- A slot that takes the next task of its pool: where the words stand of what it is told, and what it has got.
  local slot

  local function add(pool, id, payload)
    local kind = kinds[pool.name]
    if slot and slot.pool == pool and not slot.taken then
      slot.taken = add_and_take(pool.prefix, kind, id, payload, now, words, slot.first, slot.last)
    end
    if not (slot and slot.taken and slot.taken[2] == id) then
      add_task(pool.prefix, kind, id, payload, now)
    end
    say('granted', pool, id)
  end

  -- Up to four numbers, 0 where there are fewer.
  local function numbersOf(text)
    if not text then
      return { 0, 0, 0, 0 }
    end
    local one, two, three, four = match(text, '^(%S*) ?(%S*) ?(%S*) ?(%S*)')
    return { tonumber(one) or 0, tonumber(two) or 0, tonumber(three) or 0, tonumber(four) or 0 }
  end

  local function open(name)
    local pool = pools[name]
    if not pool then
      local key = tag .. ':shares:' .. name
      pool = {
        name = name,
        key = key,
        tasks = key .. ':tasks',
        held = key .. ':held',
        prefix = tag .. ':' .. name .. ':',
        counters = {},
      }
      pools[name] = pool
    end
    return pool
  end

  -- All slots of a pool. Whoever gives a share back where nobody waits asks for none.
  local function slotsOf(pool)
    if not pool.slots then
      local capacity = numbersOf(call('HGET', tag .. ':shares:capacity', pool.name))
      pool.nominal, pool.reserve, pool.groupLimit = capacity[1], capacity[2], capacity[3]
      pool.slots = pool.nominal + pool.reserve
    end
    return pool.slots
  end

  -- Of the pool, of the tenant and of the group: held, parked, served, standing; the pool's are held, parked, standing,
  -- arrivals.
  local function countersFor(pool, tenant, group)
    local known, lane = pool.counters, tenant .. '\n' .. group
    if not (known[lane] and known[tenant]) then
      local stored = call('HMGET', pool.key, '', tenant, lane)
      known[''] = known[''] or numbersOf(stored[1])
      known[tenant] = known[tenant] or numbersOf(stored[2])
      known[lane] = known[lane] or numbersOf(stored[3])
    end
    return known[''], known[tenant], known[lane]
  end

  -- What of the slots is left for the tenant; its groups share that. See mayTakeShare.
  local function roomOf(pool, all, tenant)
    local free = slotsOf(pool) - all[1]
    if free <= 0 then
      return 0
    end
    return (2 * pool.nominal + pool.reserve) * free - pool.reserve * tenant[1]
  end

  -- Whether a group of the tenant that holds nothing may take its first share. See mayTakeShare.
  local function hasFirst(pool, all, tenant)
    local free = slotsOf(pool) - all[1]
    return pool.nominal > 0 and 4 * free > pool.reserve and 2 * tenant[1] < 2 * pool.nominal + pool.reserve and free > 0
  end

  local function mayTake(pool, all, tenant, group)
    local slots = slotsOf(pool)
    if pool.groupLimit > 0 and group[1] >= pool.groupLimit then
      return false
    end
    if group[1] == 0 and hasFirst(pool, all, tenant) then
      return true
    end
    local room = roomOf(pool, all, tenant)
    return room > 0 and group[1] * slots * pool.reserve < pool.nominal * room
  end

  -- Who has nothing parked starts where the pool stands, if it was served less.
  local function arrive(all, tenant, group)
    if tenant[2] == 0 and tenant[3] < all[3] then
      tenant[3] = all[3]
    end
    if group[2] == 0 and group[3] < tenant[4] then
      group[3] = tenant[4]
    end
  end

  local function lanesKey(pool, tenant)
    return pool.key .. ':parked:' .. tenant
  end

  -- What is kept of a task: 'h' (held) or 'p' (parked), owner, arrival, payload.
  local function keep(pool, id, status, tenant, group, arrived, payload)
    call('HSET', pool.tasks, id, status .. tenant .. '\n' .. group .. '\n' .. arrived .. '\n' .. payload)
  end

  local function isHeld(text)
    return text and string.sub(text, 1, 1) == 'h'
  end

  local function grant(pool, id, owner, group)
    local all, ofTenant, ofGroup = countersFor(pool, owner, group)
    local start = math.max(ofTenant[3], all[3])
    local groupStart = math.max(ofGroup[3], ofTenant[4])
    all[1], all[3] = all[1] + 1, start
    ofTenant[1], ofTenant[3], ofTenant[4] = ofTenant[1] + 1, start + 1, groupStart
    ofGroup[1], ofGroup[3] = ofGroup[1] + 1, groupStart + 1
    call('ZADD', pool.held, now, id)
    if ofTenant[2] > 0 then
      call('ZADD', pool.key .. ':parked', ofTenant[3], owner)
    end
    if ofGroup[2] > 0 then
      call('ZADD', lanesKey(pool, owner), ofGroup[3], group)
    end
  end

  -- Nothing is kept of owners who hold nothing and wait for nothing.
  local function forget(all, ofTenant, ofGroup)
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

  -- Whether a task that nobody of its group waits before gets a share.
  local function mayTakeNow(pool, tenant, group)
    local all, ofTenant, ofGroup = countersFor(pool, tenant, group)
    return ofGroup[2] == 0 and mayTake(pool, all, ofTenant, ofGroup)
  end

  local function take(pool, id, tenant, group, payload)
    arrive(countersFor(pool, tenant, group))
    keep(pool, id, 'h', tenant, group, now, payload)
    grant(pool, id, tenant, group)
  end

  -- What only matters where tasks wait: it is defined when it is first needed in a run.
  local rare
  local function whereTasksWait()
    if rare then
      return rare
    end
    rare = {}

    local function counterFor(pool, field)
      local known = pool.counters
      known[field] = known[field] or numbersOf(call('HGET', pool.key, field))
      return known[field]
    end

    local function laneKey(pool, tenant, group)
      return lanesKey(pool, tenant) .. ':' .. group
    end

    local function read(pool, id)
      local text = call('HGET', pool.tasks, id)
      local status, tenant, group, arrived, payload = match(text or '', '^(.)([^\n]*)\n([^\n]*)\n([^\n]*)\n(.*)$')
      return { status = status, tenant = tenant, group = group, arrived = arrived, payload = payload }
    end

    -- Takes a task that ZREM or ZPOPMIN has removed out of the counts of the parked.
    local function unpark(pool, tenant, group)
      local all, ofTenant, ofGroup = countersFor(pool, tenant, group)
      all[2], ofTenant[2], ofGroup[2] = all[2] - 1, ofTenant[2] - 1, ofGroup[2] - 1
      if ofGroup[2] == 0 then
        call('ZREM', lanesKey(pool, tenant), group)
      end
      if ofTenant[2] == 0 then
        call('ZREM', pool.key .. ':parked', tenant)
      end
    end

    -- The first member, by score, that passes: those that do not pass hold shares, so there are not many of them.
    local function firstOf(key, passes)
      local page = 16
      for offset = 0, math.huge, page do
        local members = call('ZRANGE', key, offset, offset + page - 1)
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

    function rare.dispatch(pool)
      local all = counterFor(pool, '')
      while all[2] > 0 and all[1] < slotsOf(pool) do
        local group
        local tenant = firstOf(pool.key .. ':parked', function(tenant)
          local ofTenant = counterFor(pool, tenant)
          if roomOf(pool, all, ofTenant) <= 0 and not hasFirst(pool, all, ofTenant) then
            return false
          end
          group = firstOf(lanesKey(pool, tenant), function(group)
            local _, _, ofGroup = countersFor(pool, tenant, group)
            return mayTake(pool, all, ofTenant, ofGroup)
          end)
          return group
        end)
        if not tenant then
          return
        end
        local id = call('ZPOPMIN', laneKey(pool, tenant, group))[1]
        local task = read(pool, id)
        unpark(pool, tenant, group)
        keep(pool, id, 'h', tenant, group, task.arrived, task.payload)
        grant(pool, id, tenant, group)
        add(pool, id, task.payload)
      end
    end

    function rare.drop(pool, id)
      local task = read(pool, id)
      if task.status ~= 'p' then
        return
      end
      call('ZREM', laneKey(pool, task.tenant, task.group), id)
      call('HDEL', pool.tasks, id)
      unpark(pool, task.tenant, task.group)
      forget(countersFor(pool, task.tenant, task.group))
    end

    function rare.park(pool, id, tenant, group, rank, payload)
      local all, ofTenant, ofGroup = countersFor(pool, tenant, group)
      arrive(all, ofTenant, ofGroup)
      all[2], ofTenant[2], ofGroup[2] = all[2] + 1, ofTenant[2] + 1, ofGroup[2] + 1
      all[4] = all[4] + 1
      local score = string.format('%.0f', tonumber(rank) * 2 ^ 31 + all[4])
      keep(pool, id, 'p', tenant, group, now, payload)
      call('ZADD', laneKey(pool, tenant, group), score, id)
      call('ZADD', lanesKey(pool, tenant), ofGroup[3], group)
      call('ZADD', pool.key .. ':parked', ofTenant[3], tenant)
      say('parked', pool, id)
    end

    function rare.sweep(pool, before)
      for _, id in ipairs(call('ZRANGEBYSCORE', pool.held, '-inf', before)) do
        if call('EXISTS', pool.prefix .. id) == 0 then
          call('ZADD', pool.held, now, id)
          add(pool, id, read(pool, id).payload)
        end
      end
      rare.dispatch(pool)
    end

    -- A task whose share was granted and that BullMQ does not have is added once more.
    function rare.addAgain(pool, id)
      add(pool, id, read(pool, id).payload)
    end

    return rare
  end

  local place = first
  while place <= last do
    local operation, pool, id = words[place], open(words[place + 1]), words[place + 2]
    local tenant, group, rank, payload = words[place + 3], words[place + 4], words[place + 5], words[place + 6]
    if operation == 'finish' then
      finish_task(pool.prefix, id, words[place + 3])
      place = place + 4
    elseif operation == 'leave' then
      local holder, lane = match(call('HGET', pool.tasks, id) or '', '^h([^\n]*)\n([^\n]*)')
      if holder then
        call('ZREM', pool.held, id)
        call('HDEL', pool.tasks, id)
        local all, ofTenant, ofGroup = countersFor(pool, holder, lane)
        all[1], ofTenant[1], ofGroup[1] = all[1] - 1, ofTenant[1] - 1, ofGroup[1] - 1
        forget(all, ofTenant, ofGroup)
        if all[2] > 0 then
          whereTasksWait().dispatch(pool)
        end
      end
      place = place + 3
    elseif operation == 'start' then
      local token, duration = words[place + 7], words[place + 8]
      local isStarted
      if call('EXISTS', pool.prefix .. id) == 1 then
        -- It may be sent again, since its answer was lost with the connection.
        isStarted = call('GET', pool.prefix .. id .. ':lock') == token
      else
        isStarted = not call('HGET', pool.tasks, id)
          and mayTakeNow(pool, tenant, group)
          and start_task(pool.prefix, kinds[pool.name], id, payload, now, token, duration)
        if isStarted then
          take(pool, id, tenant, group, payload)
        end
      end
      say(isStarted and 'started' or 'refused', pool, id)
      place = place + 9
    elseif operation == 'enter' then
      local isQueued = call('EXISTS', pool.prefix .. id) == 1
      local known = not isQueued and call('HGET', pool.tasks, id)
      if isQueued then
        say('queued', pool, id)
      elseif isHeld(known) then
        whereTasksWait().addAgain(pool, id)
      elseif known then
        say('parked', pool, id)
      elseif mayTakeNow(pool, tenant, group) then
        take(pool, id, tenant, group, payload)
        add(pool, id, payload)
      else
        whereTasksWait().park(pool, id, tenant, group, rank, payload)
      end
      place = place + 7
    elseif operation == 'take' then
      slot = { pool = pool, from_queue = id == '1', first = place + 4, last = place + 3 + words[place + 3] }
      place = slot.last + 1
    elseif operation == 'try' then
      local known = call('HGET', pool.tasks, id)
      local isTaken = isHeld(known)
      if not known and mayTakeNow(pool, tenant, group) then
        take(pool, id, tenant, group, payload)
        isTaken = true
      end
      say(isTaken and 'granted' or 'refused', pool, id)
      place = place + 7
    elseif operation == 'drop' then
      whereTasksWait().drop(pool, id)
      place = place + 3
    elseif operation == 'sweep' then
      whereTasksWait().sweep(pool, id)
      place = place + 3
    else
      error('there is no operation ' .. operation)
    end
  end

  -- Counters are written once, those of nobody are erased.
  for _, pool in pairs(pools) do
    local changed, gone = {}, {}
    for field, counter in pairs(pool.counters) do
      if counter[1] + counter[2] == 0 then
        gone[#gone + 1] = field
      else
        local size = #changed
        changed[size + 1], changed[size + 2] = field, table.concat(counter, ' ')
      end
    end
    if #gone > 0 then
      call('HDEL', pool.key, unpack(gone))
    end
    if #changed > 0 then
      call('HSET', pool.key, unpack(changed))
    end
  end
  if slot and slot.from_queue and not slot.taken then
    slot.taken = take_task(slot.pool.prefix, now, words, slot.first, slot.last)
  end
  return answer, slot and slot.taken
end

-- What `take`, should it be the first operation, has taken in the run before, whose answer was lost.
local function taken_again(tag, words, first, last)
  if first < last and words[first] == 'take' then
    return taken_before(tag .. ':' .. words[first + 1] .. ':', words, first + 4, first + 3 + words[first + 3])
  end
end
