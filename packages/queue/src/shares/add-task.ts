import { createRequire } from 'node:module';
import { z } from 'zod';
import { catalogue, taskKinds, taskOptions } from '../catalogue.ts';

/**
 * BullMQ's own script that adds a task. It is run inside of a script of ours: what gets a share is added in the same
 * moment, and costs no run of a script by itself. A test holds what it writes against what BullMQ's `Queue.add` writes.
 */
const { addStandardJob } = z
  .object({ addStandardJob: z.object({ content: z.string(), keys: z.literal(9) }) })
  .parse(createRequire(import.meta.url)('bullmq/dist/cjs/scripts/addStandardJob-9.js'));

/** The nine keys of that script, behind the queue's prefix and a colon. */
const keyNames = 'wait paused meta id completed delayed active events marker'.split(' ');

const tables = taskKinds.map((kind) => {
  const { queue } = catalogue[kind];
  const options = JSON.stringify(taskOptions(kind));
  return `  ['${queue}'] = { name = '${kind}', options = [[${options}]] },`;
});

/**
 * Lua that defines `add_task(tag, queue, id, payload, now)`: adds a task to one of our queues under the shard's hash
 * tag, unless BullMQ has it.
 */
export const addTaskLua = `
local function add_standard_job(KEYS, ARGV)
${addStandardJob.content}
end
local tasks_of_queues = {
${tables.join('\n')}
}
local function add_task(tag, queue, id, payload, now)
  local prefix = tag .. ':' .. queue .. ':'
  local keys = {}
  for position, name in ipairs({ '${keyNames.join("', '")}' }) do
    keys[position] = prefix .. name
  end
  local task = tasks_of_queues[queue]
  local options = cjson.decode(task.options)
  options.jobId = id
  local words = { prefix, id, task.name, tonumber(now) }
  add_standard_job(keys, { cmsgpack.pack(words), payload, cmsgpack.pack(options) })
end
`;
