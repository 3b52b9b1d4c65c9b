import {
  createLogger,
  exitOnEnvironmentError,
  exitOnFatalError,
  findRepositoryRoot,
  runUntilSignal,
  startOrExit,
  withEnvironmentFile,
} from '@pawl/runtime';
import { composeWorker } from './compose-worker.ts';
import { readWorkerEnvironment } from './env.ts';
import { workerSettings } from './worker-settings.ts';

const environment = exitOnEnvironmentError(() =>
  readWorkerEnvironment(withEnvironmentFile(process.env, findRepositoryRoot(import.meta.url))),
);
const log = createLogger({ name: 'worker', level: environment.LOG_LEVEL });
exitOnFatalError(log);

const settings = workerSettings(environment);
const closers = await startOrExit(log, () => composeWorker(settings, { log }));
log.info({ concurrency: settings.timings.concurrency, shards: settings.shards }, 'worker is ready');

runUntilSignal({
  logger: log,
  timeLimitMilliseconds: settings.timings.grace + 10_000,
  closers,
});
