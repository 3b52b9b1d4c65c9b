--[[
Writes all or nothing, fenced by what the caller has read (invariant 2), and changes tasks in the same run.

KEYS       every key that a fence or a write names; the first one is a hash that the commit changes
ARGV[1]    the commit's own id, 12 characters
ARGV[2]    the number of fences of the first key
ARGV[3]    the number of fences of other keys
ARGV[4]    the number of bounds
ARGV[5]    '1' = written while memory is full, too: what frees memory or ends work
ARGV[6]    the id that the newest commit of the first key must have, '' = any
ARGV[7]    the number of arguments that are set in the first key
ARGV[8]    the number of arguments that change tasks before anything is written, the last of which has to start one
ARGV[9]    the number of those that change tasks when everything is written
then for each fence of the first key:  hash field
then for each fence of the first key:  expected value ('' = the field must not exist)
then for each other fence:             key's position in KEYS, hash field, expected value
then for each bound:                   position of a sorted set in KEYS, lowest score, number that its members from there
                                       on must be below
then what is set in the first key:     hash field, value
then for each write:                   command, key's position in KEYS (0 = the command takes no key), number of arguments,
                                       arguments
then where tasks are changed:          the shard's hash tag, now in milliseconds, and operations of `change_tasks`, a
                                       function that stands before this text then (shares.lua), as does `taken_again`

Five commands are ours.
STOP_IF_EXISTS  while its key exists, the writes behind it are left out.
ADD_TO_ROW      adds to fields of a hash that belong to one row, and to others of it. Arguments: the row, the row that
                takes what is beyond the most rows, the most rows, position of a sorted set in which the hash is listed,
                the member, the expiry of both, the hash's user, the number of arguments that concern the row, then those:
                pairs of a field's first part and a number, then pairs of a whole field and a number.
ADD_NUMBERS     adds to fields of a hash that expires. Arguments: its expiry in seconds, then pairs of a field and a number.
COUNT_AS        counts a job in a hash of counters under a name, and no longer under the one before. Arguments: position
                of the hash, the name, '' = under none.
ADD_EVENTS      adds to the log in a job's hash and to its tenant's log. Arguments: position of the tenant's log, whom the
                events concern, how many entries it keeps, for how many milliseconds, then the events.

Returns 1 when everything was written, or the task that was taken then, as `change_tasks` answers it; 0 when a fence or a
bound did not hold, 2 when the task did not start; and a text when everything was written but tasks could not be changed:
why. A commit that is sent again, since its answer was lost with the connection, finds its own id among the newest ones of
KEYS[1], and returns the same again.

Written for speed: Redis runs it for each change of a job. A function that is defined here would be made anew in each run,
and tables and texts are garbage that Redis collects; so what is needed stands where it is needed.
]]
local call = redis.call
local id_length = 12
-- Commits of one job, schedule or delivery that may come between a commit and its being sent again.
local ids_kept = 40
-- A job's log is a few fields of its hash, `events:0` and so on, of so many events each, one a line; so many of them are
-- kept. A stream of its own takes 4 kB, however few events it has. The field `events` is the number of the last event.
local events_in_part = 16
local parts_kept = 128

-- Fences and bounds.
local fenced = tonumber(ARGV[2])
local place = 10 + 2 * fenced
local before = call('HMGET', KEYS[1], 'events', 'events:0', 'commits', 'counted', unpack(ARGV, 10, 9 + fenced))
-- The ids of the newest commits, the newest first, one behind the other.
local ids = before[3] or ''
local holds = ARGV[6] == '' or string.sub(ids, 1, id_length) == ARGV[6]
for index = 1, fenced do
  holds = holds and (before[4 + index] or '') == ARGV[9 + fenced + index]
end
for _ = 1, tonumber(ARGV[3]) do
  holds = holds and (call('HGET', KEYS[tonumber(ARGV[place])], ARGV[place + 1]) or '') == ARGV[place + 2]
  place = place + 3
end
if not holds then
  for start = 1, #ids, id_length do
    if string.sub(ids, start, start + id_length - 1) == ARGV[1] then
      local after = tonumber(ARGV[9])
      return after > 0 and taken_again(ARGV[#ARGV - after - ARGV[8] - 1], ARGV, #ARGV - after + 1, #ARGV) or 1
    end
  end
  return 0
end
for _ = 1, tonumber(ARGV[4]) do
  if call('ZCOUNT', KEYS[tonumber(ARGV[place])], ARGV[place + 1], '+inf') >= tonumber(ARGV[place + 2]) then
    return 0
  end
  place = place + 3
end

local changed_before, changed_after = tonumber(ARGV[8]), tonumber(ARGV[9])
local last_write = #ARGV
if changed_before + changed_after > 0 then
  last_write = last_write - changed_before - changed_after - 2
end
if changed_before > 0 then
  -- Changes nothing, and is refused while memory is full: a task must not start if its commit is refused then.
  call('HSETNX', KEYS[1], 'sequence', '')
  local first = last_write + 3
  local last = first + changed_before - 1
  -- Whatever is wrong with a queue costs no commit: it is made without the start then.
  local is_changed, answer = pcall(change_tasks, ARGV[first - 2], ARGV[first - 1], ARGV, first, last)
  if not is_changed or answer[#answer - 2] ~= 'started' then
    return 2
  end
end

-- Redis refuses a script that would grow a full memory at its first write, unless that one cannot grow it: this one
-- removes nothing.
if ARGV[5] == '1' then
  call('HDEL', KEYS[1], '')
end
local newest_ids = ARGV[1] .. string.sub(ids, 1, id_length * (ids_kept - 1))
call('HSET', KEYS[1], 'commits', newest_ids, unpack(ARGV, place, place + ARGV[7] - 1))
place = place + ARGV[7]

while place <= last_write do
  local command, position = ARGV[place], ARGV[place + 1]
  local key = KEYS[tonumber(position)]
  local first, last = place + 3, place + 2 + ARGV[place + 2]
  place = last + 1
  if command == 'ADD_EVENTS' then
    local stored = position == '1' and before or call('HMGET', key, 'events', 'events:0')
    local count, old = tonumber(stored[1] or 0), stored[2]
    local next = first + 4
    while next <= last do
      local part = math.floor(count / events_in_part)
      local upto = math.min(last, next + (part + 1) * events_in_part - count - 1)
      local lines = table.concat(ARGV, '\n', next, upto) .. '\n'
      local field = 'events:' .. part
      -- A part begins with the first event that is its own.
      if count > part * events_in_part then
        lines = (part == 0 and old or call('HGET', key, field) or '') .. lines
      elseif part >= parts_kept then
        call('HDEL', key, 'events:' .. (part - parts_kept))
      end
      count = count + upto - next + 1
      call('HSET', key, 'events', count, field, lines)
      next = upto + 1
    end

    local log, age = KEYS[tonumber(ARGV[first])], tonumber(ARGV[first + 3])
    local number = count - (last - first - 4)
    local events = '[' .. table.concat(ARGV, ',', first + 4, last) .. ']'
    local subject, kept = ARGV[first + 1], ARGV[first + 2]
    local id = call('XADD', log, 'MAXLEN', '~', kept, '*', 'subject', subject, 'first', number, 'events', events)
    -- The log outlives its last entry by its age and half of it at most, so that its expiry is not written each time. Old
    -- entries are looked for with the first events of each job.
    if number == 1 then
      call('XTRIM', log, 'MINID', '~', string.format('%.0f', string.match(id, '^%d+') - age))
    end
    if call('PTTL', log) < age then
      call('PEXPIRE', log, string.format('%.0f', age * 1.5))
    end
  elseif command == 'COUNT_AS' then
    -- The field `counted` of a job's hash names what it is counted under, whoever has committed meanwhile.
    local counts, name = KEYS[tonumber(ARGV[first])], ARGV[first + 1]
    local counted = position == '1' and before[4]
    if position ~= '1' then
      counted = call('HGET', key, 'counted')
    end
    if counted ~= name then
      if counted and call('HINCRBY', counts, counted, -1) == 0 then
        call('HDEL', counts, counted)
      end
      if name ~= '' then
        call('HSET', key, 'counted', name)
        call('HINCRBY', counts, name, 1)
      end
    end
  elseif command == 'ADD_NUMBERS' then
    -- What expires gets its expiry when it begins: a first field whose sum is what was just added may be new.
    for index = first + 1, last, 2 do
      local sum = call('HINCRBY', key, ARGV[index], ARGV[index + 1])
      if index == first + 1 and sum == tonumber(ARGV[index + 1]) then
        call('EXPIREAT', key, ARGV[first])
      end
    end
  elseif command == 'ADD_TO_ROW' then
    local row = ARGV[first]
    if call('HEXISTS', key, ARGV[first + 8] .. ' ' .. row) == 0 then
      if tonumber(call('HGET', key, 'rows') or 0) < tonumber(ARGV[first + 2]) then
        call('HINCRBY', key, 'rows', 1)
      else
        row = ARGV[first + 1]
      end
      local list = KEYS[tonumber(ARGV[first + 3])]
      call('HSET', key, 'user', ARGV[first + 6])
      call('EXPIREAT', key, ARGV[first + 5])
      call('ZADD', list, 0, ARGV[first + 4])
      call('EXPIREAT', list, ARGV[first + 5])
    end
    local end_of_row = first + 7 + ARGV[first + 7]
    for index = first + 8, end_of_row, 2 do
      call('HINCRBY', key, ARGV[index] .. ' ' .. row, ARGV[index + 1])
    end
    for index = end_of_row + 1, last, 2 do
      call('HINCRBY', key, ARGV[index], ARGV[index + 1])
    end
  elseif command == 'STOP_IF_EXISTS' then
    if call('EXISTS', key) == 1 then
      place = last_write + 1
    end
  elseif key then
    call(command, key, unpack(ARGV, first, last))
  else
    call(command, unpack(ARGV, first, last))
  end
end

if changed_after > 0 then
  -- What is written stays, whatever is wrong with a queue.
  local first = last_write + 3 + changed_before
  local is_changed, problem, taken = pcall(change_tasks, ARGV[last_write + 1], ARGV[last_write + 2], ARGV, first, #ARGV)
  if not is_changed then
    return type(problem) == 'table' and problem.err or tostring(problem)
  end
  return taken or 1
end
return 1
