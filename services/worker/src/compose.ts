/** What the crash harness composes a worker with: see `compose-worker.ts`. */
export { composeWorker, type WorkerPorts, type WorkerSettings } from './compose-worker.ts';
export { readWorkerEnvironment } from './env.ts';
export { workerSettings } from './worker-settings.ts';
