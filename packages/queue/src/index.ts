export { catalogue, taskId, taskKinds, type TaskKind, type TaskOf } from './catalogue.ts';
export { createTaskQueue, TaskRefusedError, type TaskQueueSettings } from './create-task-queue.ts';
export {
  createTaskWorker,
  type Handled,
  type TaskWorker,
  type TaskWorkerSettings,
} from './create-task-worker.ts';
