--[[
Tasks in the format of BullMQ 6.7, written by ourselves: BullMQ's scripts do the same with three times as many commands,
most of which ask for what our tasks never have (parents, priorities, deduplication, rate limits, a number drawn for each
id), and they define some 40 functions anew in each run. bullmq-tasks.test.ts compares every key with what BullMQ leaves,
but for the events that BullMQ tells of each task: nobody listens to them.

<prefix> is a shard's hash tag, the name of a queue and a colon on both sides. `kinds` stands before this text
(bullmq-tasks.ts): the name and the options of the tasks of each queue.

<prefix>meta          hash: paused, concurrency and max (per time) of the queue
<prefix>wait          list: tasks that may be taken, the next one last
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
