import { createRequire } from 'node:module';
import { z } from 'zod';
import { catalogue, taskKinds, taskOptions } from '../catalogue.ts';

/**
 * BullMQ's own scripts that add a task and take the next one. They are run inside of a script of ours: what gets a share
 * is added in the same moment, and costs no run of a script by itself. A test holds what they write against what
 * BullMQ's `Queue.add` and its worker write.
 */
const require = createRequire(import.meta.url);
const { addStandardJob } = z
  .object({ addStandardJob: z.object({ content: z.string(), keys: z.literal(9) }) })
  .parse(require('bullmq/dist/cjs/scripts/addStandardJob-9.js'));
const { moveToActive } = z
  .object({ moveToActive: z.object({ content: z.string(), keys: z.literal(11) }) })
  .parse(require('bullmq/dist/cjs/scripts/moveToActive-11.js'));

/** Their keys, behind the queue's prefix and a colon. */
const keysToAdd = 'wait paused meta id completed delayed active events marker';
const keysToTake = 'wait active prioritized events stalled limiter delayed paused meta pc marker';

const namesIn = (keys: string) => `{ '${keys.split(' ').join("', '")}' }`;

const tables = taskKinds.map((kind) => {
  const { queue } = catalogue[kind];
  const options = JSON.stringify(taskOptions(kind));
  return `  ['${queue}'] = { name = '${kind}', options = [[${options}]] },`;
});

/**
 * Lua that defines two functions for our queues under the shard's hash tag:
 *
 * - `add_task(tag, queue, id, payload, now)` adds a task, unless BullMQ has it.
 * - `take_task(tag, queue, now, token, duration)` takes the task that is next, which is the one that was added last, and
 *   locks it under the token for so many milliseconds; answers its id. Workers that wait for a task are not woken
 *   where it was the only one.
 */
export const bullmqScripts = `
local function add_standard_job(KEYS, ARGV)
${addStandardJob.content}
end
local function move_to_active(KEYS, ARGV)
${moveToActive.content}
end
local function keys_of(prefix, names)
  for position, name in ipairs(names) do
    names[position] = prefix .. name
  end
  return names
end
local tasks_of_queues = {
${tables.join('\n')}
}
local function add_task(tag, queue, id, payload, now)
  local prefix = tag .. ':' .. queue .. ':'
  local task = tasks_of_queues[queue]
  local options = cjson.decode(task.options)
  options.jobId = id
  local words = { prefix, id, task.name, tonumber(now) }
  add_standard_job(
    keys_of(prefix, ${namesIn(keysToAdd)}),
    { cmsgpack.pack(words), payload, cmsgpack.pack(options) }
  )
end
local function take_task(tag, queue, now, token, duration)
  local prefix = tag .. ':' .. queue .. ':'
  local keys = keys_of(prefix, ${namesIn(keysToTake)})
  local lock = cmsgpack.pack({ token = token, lockDuration = tonumber(duration) })
  local id = move_to_active(keys, { prefix, now, lock })[2]
  if redis.call('EXISTS', keys[1], keys[3]) == 0 then
    redis.call('ZREM', keys[11], '0')
  end
  return id
end
`;
