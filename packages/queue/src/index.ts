export {
  catalogue,
  subjectOf,
  taskId,
  taskKinds,
  type TaskKind,
  type TaskOf,
} from './catalogue.ts';
export {
  createTaskQueue,
  TaskRefusedError,
  type BullQueue,
  type PawlTaskQueue,
  type TaskQueueKeys,
  type TaskQueueSettings,
  type WorkerSlots,
} from './create-task-queue.ts';
export {
  createTaskWorker,
  type Handled,
  type RunningTask,
  type TaskHandler,
  type TaskWorker,
  type TaskWorkerSettings,
} from './create-task-worker.ts';
export type { TakenTask } from './unhurried-worker.ts';
export { createTaskScript } from './task-changes.ts';
export type { QueueDepth } from './queue-depth.ts';
export type { ShareUsage } from './shares/share-usage.ts';
