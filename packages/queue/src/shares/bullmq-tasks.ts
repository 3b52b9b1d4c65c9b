import { readFileSync } from 'node:fs';
import { catalogue, taskKinds, taskOptions } from '../catalogue.ts';

/** The options of a task as JSON, up to its id. */
const optionsOf = (kind: (typeof taskKinds)[number]) =>
  `${JSON.stringify(taskOptions(kind)).slice(0, -1)},"jobId":"`;

const kinds = taskKinds.map(
  (kind) =>
    `  ['${catalogue[kind].queue}'] = { name = '${kind}', options = [[${optionsOf(kind)}]] },`,
);

/** Lua that adds tasks to our queues, takes them and ends them, in BullMQ's format: see bullmq-tasks.lua. */
export const bullmqTasks = `
local kinds = {
${kinds.join('\n')}
}
${readFileSync(new URL('../../lua/bullmq-tasks.lua', import.meta.url), 'utf8')}`;
