import { catalogue, taskKinds } from '@pawl/queue';

/** The names of BullMQ's queues. */
export const queues: readonly string[] = [
  ...new Set(taskKinds.map((kind) => catalogue[kind].queue)),
];
