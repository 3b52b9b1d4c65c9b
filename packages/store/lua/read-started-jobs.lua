--[[
Reads a piece of the list of a conversation's started jobs.

KEYS[1]  the list, in the order of the starts
ARGV     1 'before' a job, 'from' a job on, or 'after' it; 2 the job, '' = from the beginning on; 3 how many at most

Returns the jobs in the order of the list, or false when it does not hold the job.
]]
local where, job, limit = ARGV[1], ARGV[2], tonumber(ARGV[3])
if job == '' then
  return redis.call('LRANGE', KEYS[1], 0, limit - 1)
end
local position = redis.call('LPOS', KEYS[1], job, 'RANK', where == 'before' and -1 or 1)
if not position then
  return false
end
if where == 'before' then
  if position == 0 then
    return {}
  end
  return redis.call('LRANGE', KEYS[1], math.max(0, position - limit), position - 1)
end
local first = where == 'from' and position or position + 1
return redis.call('LRANGE', KEYS[1], first, first + limit - 1)
