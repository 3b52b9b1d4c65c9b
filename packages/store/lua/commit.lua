--[[
Writes all or nothing, fenced by what the caller has read (invariant 2).

KEYS       every key that a fence or a write names; the first one is a hash that the commit changes
ARGV[1]    the commit's own id, 12 characters
ARGV[2]    the number of fences
ARGV[3]    the number of bounds
ARGV[4]    '1' = written while memory is full, too: what frees memory or ends work
ARGV[5]    the id that the newest commit of the first key must have, '' = any
then for each fence:   key's position in KEYS, hash field, expected value ('' = the field must not exist)
then for each bound:   position of a sorted set in KEYS, lowest score, number that its members from there on must be below
then for each write:   command, key's position in KEYS (0 = the command takes no key), number of arguments, arguments
                       Five commands are ours. STOP_IF_EXISTS: while its key exists, the writes behind it are left out.
                       ADD_TO_ROW: adds to fields of a hash that belong to one row; arguments: the row, the row that
                       takes what is beyond the most rows, the most rows, position of a sorted set in which the hash is
                       listed, the member, the expiry of that set, the hash's user, then pairs of a field's first part
                       and a number.
                       ADD_NUMBERS: adds to fields of a hash that expires; arguments: its expiry in seconds, then pairs of
                       a field and a number.
                       COUNT_AS: counts a job in a hash of counters under a name, and no longer under the one before;
                       arguments: position of the hash, the name, '' = under none.
                       ADD_EVENTS: adds to the log in a job's hash and to its tenant's log; arguments: position of the
                       tenant's log, whom the events concern, how many entries it keeps, for how many milliseconds, then
                       the events.

Returns 1 when everything was written, 0 when a fence or a bound did not hold. A commit that is sent again, since its answer was
lost with the connection, finds its own id among the newest ones of KEYS[1] and returns 1 again.
]]
local id_length = 12
-- Commits of one job, schedule or delivery that may come between a commit and its being sent again.
local ids_kept = 40

-- The ids of the newest commits, the newest first, one behind the other.
local ids = redis.call('HGET', KEYS[1], 'commits') or ''

local function is_known()
  for start = 1, #ids, id_length do
    if string.sub(ids, start, start + id_length - 1) == ARGV[1] then
      return 1
    end
  end
  return 0
end

-- What expires gets its expiry when it begins: a first field whose sum is what was just added may be new.
local function add_numbers(key, arguments)
  for index = 2, #arguments, 2 do
    local sum = redis.call('HINCRBY', key, arguments[index], arguments[index + 1])
    if index == 2 and sum == tonumber(arguments[3]) then
      redis.call('EXPIREAT', key, arguments[1])
    end
  end
end

local function add_to_row(key, arguments)
  local row = arguments[1]
  if redis.call('HEXISTS', key, arguments[8] .. ' ' .. row) == 0 then
    if tonumber(redis.call('HGET', key, 'rows') or 0) < tonumber(arguments[3]) then
      redis.call('HINCRBY', key, 'rows', 1)
    else
      row = arguments[2]
    end
    local list = KEYS[tonumber(arguments[4])]
    redis.call('HSET', key, 'user', arguments[7])
    redis.call('ZADD', list, 0, arguments[5])
    redis.call('EXPIREAT', list, arguments[6])
  end
  for index = 8, #arguments, 2 do
    redis.call('HINCRBY', key, arguments[index] .. ' ' .. row, arguments[index + 1])
  end
end

-- A job's log is a few fields of its hash, `events:0` and so on, of so many events each, one a line; so many of them are
-- kept. A stream of its own takes 4 kB, however few events it has. The field `events` is the number of the last event.
local events_in_part = 16
local parts_kept = 128

local function add_events(key, arguments)
  local log, subject = KEYS[tonumber(arguments[1])], arguments[2]
  local kept, age = arguments[3], tonumber(arguments[4])
  local last = tonumber(redis.call('HGET', key, 'events') or 0)
  local added = #arguments - 4
  local fields = { 'events', last + added }
  local next = 1
  while next <= added do
    local part = math.floor((last + next - 1) / events_in_part)
    local upto = math.min(added, (part + 1) * events_in_part - last)
    local lines = table.concat(arguments, '\n', 4 + next, 4 + upto) .. '\n'
    local field = 'events:' .. part
    -- A part begins with the first event that is its own.
    if last + next - 1 > part * events_in_part then
      lines = (redis.call('HGET', key, field) or '') .. lines
    elseif part >= parts_kept then
      redis.call('HDEL', key, 'events:' .. (part - parts_kept))
    end
    fields[#fields + 1] = field
    fields[#fields + 1] = lines
    next = upto + 1
  end
  redis.call('HSET', key, unpack(fields))

  local events = '[' .. table.concat(arguments, ',', 5) .. ']'
  redis.call('XADD', log, 'MAXLEN', '~', kept, '*', 'subject', subject, 'first', last + 1, 'events', events)
  -- The log outlives its last entry by its age and half of it at most, so that its expiry is not written each time. Old
  -- entries are looked for with the first events of each job.
  if last == 0 then
    redis.call('XTRIM', log, 'MINID', '~', string.format('%.0f', redis.call('TIME')[1] * 1000 - age))
  end
  if redis.call('PTTL', log) < age then
    redis.call('PEXPIRE', log, string.format('%.0f', age * 1.5))
  end
end

-- The field `counted` of a job's hash names what it is counted under, whoever has committed meanwhile.
local function count_as(key, arguments)
  local counts, name = KEYS[tonumber(arguments[1])], arguments[2]
  local counted = redis.call('HGET', key, 'counted')
  if counted == name then
    return
  end
  if counted and redis.call('HINCRBY', counts, counted, -1) == 0 then
    redis.call('HDEL', counts, counted)
  end
  if name ~= '' then
    redis.call('HSET', key, 'counted', name)
    redis.call('HINCRBY', counts, name, 1)
  end
end

if ARGV[5] ~= '' and string.sub(ids, 1, id_length) ~= ARGV[5] then
  return is_known()
end
local position = 6
for _ = 1, tonumber(ARGV[2]) do
  local value = redis.call('HGET', KEYS[tonumber(ARGV[position])], ARGV[position + 1]) or ''
  if value ~= ARGV[position + 2] then
    return is_known()
  end
  position = position + 3
end

for _ = 1, tonumber(ARGV[3]) do
  local count = redis.call('ZCOUNT', KEYS[tonumber(ARGV[position])], ARGV[position + 1], '+inf')
  if count >= tonumber(ARGV[position + 2]) then
    return 0
  end
  position = position + 3
end

-- Redis refuses a script that would grow a full memory at its first write, unless that one cannot grow it: this one
-- removes nothing.
if ARGV[4] == '1' then
  redis.call('HDEL', KEYS[1], '')
end
redis.call('HSET', KEYS[1], 'commits', ARGV[1] .. string.sub(ids, 1, id_length * (ids_kept - 1)))
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
  if command[1] == 'ADD_TO_ROW' then
    add_to_row(command[2], { unpack(command, 3) })
  elseif command[1] == 'ADD_NUMBERS' then
    add_numbers(command[2], { unpack(command, 3) })
  elseif command[1] == 'ADD_EVENTS' then
    add_events(command[2], { unpack(command, 3) })
  elseif command[1] == 'COUNT_AS' then
    count_as(command[2], { unpack(command, 3) })
  elseif command[1] ~= 'STOP_IF_EXISTS' then
    redis.call(unpack(command))
  elseif redis.call('EXISTS', command[2]) == 1 then
    return 1
  end
  position = position + 3 + count
end
return 1
