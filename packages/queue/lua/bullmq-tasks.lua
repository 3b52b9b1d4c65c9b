--[[
Tasks in the format of BullMQ 6.7, written by ourselves: BullMQ's scripts do the same with three times as many commands,
most of which ask for what our tasks never have (parents, priorities, deduplication, rate limits, a number drawn for each
id), and they define some 40 functions anew in each run. bullmq-tasks.test.ts and take-task.test.ts compare every key with
what BullMQ leaves, but for the events that BullMQ tells of each task: nobody listens to them.

<prefix> is a shard's hash tag, the name of a queue and a colon on both sides. `kinds` stands before this text
(bullmq-tasks.ts): the name and the options of the tasks of each queue.

<prefix>meta          hash: paused, concurrency and max (per time) of the queue
<prefix>wait          list: tasks that may be taken, the next one last
<prefix>delayed       sorted set: tasks that wait for their time
<prefix>active        list: tasks that were taken, the newest first
<prefix>stalled       set: taken tasks whose locks are looked at next
<prefix>marker        sorted set: a sign that wakes workers that wait
<prefix><task>        hash: the task
<prefix><task>:lock   the token of whoever runs it
]]

-- Adds a task, unless BullMQ has it.
local function add_task(prefix, kind, id, payload, now)
  local call = redis.call
  local key = prefix .. id
  if call('EXISTS', key) == 1 then
    return
  end
  local meta = call('HMGET', prefix .. 'meta', 'paused', 'concurrency')
  local options = kind.options .. id .. '"}'
  call('HSET', key, 'name', kind.name, 'data', payload, 'opts', options, 'timestamp', now, 'delay', 0, 'priority', 0)
  call('RPUSH', prefix .. 'wait', id)
  if not (meta[1] or meta[2] and call('LLEN', prefix .. 'active') >= tonumber(meta[2])) then
    call('ZADD', prefix .. 'marker', 0, '0')
  end
end

-- Adds a task that is taken at once, under a lock. False: an operator has stopped the queue or limits it.
local function start_task(prefix, kind, id, payload, now, token, duration)
  local call = redis.call
  local key = prefix .. id
  local meta = call('HMGET', prefix .. 'meta', 'paused', 'concurrency', 'max')
  if meta[1] or meta[2] or meta[3] then
    return false
  end
  local options = kind.options .. id .. '"}'
  call('HSET', key, 'name', kind.name, 'data', payload, 'opts', options, 'timestamp', now, 'delay', 0, 'priority', 0,
    'processedOn', now, 'ats', 1)
  call('LPUSH', prefix .. 'active', id)
  call('SET', key .. ':lock', token, 'PX', duration)
  return true
end

-- Ends a task as completed, of which nothing is kept. One whose lock is lost is somebody else's, who finds nothing to do.
local function finish_task(prefix, id, token)
  local call = redis.call
  local key = prefix .. id
  if call('GET', key .. ':lock') ~= token then
    return
  end
  call('DEL', key, key .. ':lock')
  call('SREM', prefix .. 'stalled', id)
  call('LREM', prefix .. 'active', -1, id)
  -- Where an operator limits how many tasks run, nobody was woken for those beyond.
  if call('LLEN', prefix .. 'wait') > 0 and call('HEXISTS', prefix .. 'meta', 'concurrency') == 1 then
    call('ZADD', prefix .. 'marker', 0, '0')
  end
end

-- Fields of what a task is about, where there are any to read: its hash's key up to its id, and then the fields, are words
-- from `first` to `last`. Ids of tasks begin with what they are about, and a dot: see `taskId`.
local function read_subject(id, words, first, last)
  return first <= last
      and redis.call('HMGET', words[first] .. string.match(id, '^[^.]*'), unpack(words, first + 1, last))
    or {}
end

-- The next delayed task and when it is due, in milliseconds; nil = there is none. BullMQ keeps the time and 12 bits behind it.
local function next_delayed(prefix)
  local head = redis.call('ZRANGE', prefix .. 'delayed', 0, 0, 'WITHSCORES')
  return head[1], head[1] and math.floor(head[2] / 4096)
end

-- Makes the delayed task active that has been due for longest, and answers its id; nil = none is due. False: it has a
-- priority, and BullMQ has to look.
local function activate_due(prefix, now)
  local call = redis.call
  local id, due = next_delayed(prefix)
  if not id or due > tonumber(now) then
    return nil
  end
  if (tonumber(call('HGET', prefix .. id, 'priority')) or 0) > 0 then
    return false
  end
  call('ZREM', prefix .. 'delayed', id)
  call('LPUSH', prefix .. 'active', id)
  call('HSET', prefix .. id, 'delay', 0)
  return id
end

-- Takes the next task under a lock, as BullMQ does with more commands. What is rare is left to BullMQ: queues that an operator
-- has stopped or limits, and tasks with a priority.
--
-- words, from `first` to `last`: the lock's token and its duration in milliseconds; '1' = what is due, and what has waited
-- for longest, comes first, '0' = it comes last; then, where something is to be read of what the task is about, what its
-- hash's key begins with, before its id, and fields of that hash.
--
-- Answers as BullMQ's script does, and two values more: the task's hash (false = there is none), its id, 0, when the next
-- delayed task is due (0 = there is none, or a task was taken), 1 = there may be others, and the values of the fields.
-- False: BullMQ has to look.
local function take_task(prefix, now, words, first, last)
  local call = redis.call
  local wait, active = prefix .. 'wait', prefix .. 'active'
  local meta = call('HMGET', prefix .. 'meta', 'paused', 'concurrency', 'max')
  if meta[1] or meta[2] or meta[3] then
    return false
  end
  local id
  if words[first + 2] == '1' then
    id = activate_due(prefix, now)
    if id == nil then
      id = call('LMOVE', wait, active, 'LEFT', 'LEFT')
    end
  else
    id = call('LMOVE', wait, active, 'RIGHT', 'LEFT') or activate_due(prefix, now)
  end
  local has_prioritized = call('EXISTS', prefix .. 'prioritized') == 1
  if not id then
    local _, due = next_delayed(prefix)
    local is_left = has_prioritized or due and due <= tonumber(now)
    return not is_left and { false, '', 0, due or 0, 0 }
  end
  local key = prefix .. id
  call('SET', key .. ':lock', words[first], 'PX', words[first + 1])
  call('HSET', key, 'processedOn', now)
  call('HINCRBY', key, 'ats', 1)
  -- Whoever looks in vain hears when the next delayed task is due, and waits for it.
  local has_others = has_prioritized or call('EXISTS', wait, prefix .. 'delayed') > 0
  if has_others then
    call('ZADD', prefix .. 'marker', 0, '0')
  end
  local read = read_subject(id, words, first + 3, last)
  return { call('HGETALL', key), id, 0, 0, has_others and 1 or 0, read }
end

-- The task that was taken with these words, where the answer was lost and is asked for again: nobody has begun with it. Of
-- several with this token it is the newest, since the slot has taken no other behind it.
local function taken_before(prefix, words, first, last)
  local call = redis.call
  for _, id in ipairs(call('LRANGE', prefix .. 'active', 0, -1)) do
    if call('GET', prefix .. id .. ':lock') == words[first] then
      return { call('HGETALL', prefix .. id), id, 0, 0, 1, read_subject(id, words, first + 3, last) }
    end
  end
end

-- Adds a task and takes it at once, as `take_task` does and answers. False: it does not come next.
local function add_and_take(prefix, kind, id, payload, now, words, first, last)
  local call = redis.call
  local _, due = next_delayed(prefix)
  if
    due and due <= tonumber(now)
    or call('EXISTS', prefix .. id, prefix .. 'wait', prefix .. 'prioritized') > 0
    or not start_task(prefix, kind, id, payload, now, words[first], words[first + 1])
  then
    return false
  end
  local hash = { 'name', kind.name, 'data', payload, 'opts', kind.options .. id .. '"}', 'timestamp', now,
    'delay', '0', 'priority', '0', 'processedOn', now, 'ats', '1' }
  return { hash, id, 0, 0, due and 1 or 0, read_subject(id, words, first + 3, last) }
end
