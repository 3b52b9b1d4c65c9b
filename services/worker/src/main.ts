import {
  createLogger,
  exitOnEnvironmentError,
  exitOnFatalError,
  findRepositoryRoot,
  runUntilSignal,
  startOrExit,
  withEnvironmentFile,
} from '@pawl/runtime';
import { logLosses, startTracing, tracingSettings } from '@pawl/telemetry';
import { composeWorker } from './compose-worker.ts';
import { readWorkerEnvironment } from './env.ts';
import { workerSettings } from './worker-settings.ts';

const source = withEnvironmentFile(process.env, findRepositoryRoot(import.meta.url));
const environment = exitOnEnvironmentError(() => readWorkerEnvironment(source));
const tracing = await startTracing(tracingSettings('pawl-worker', environment, source));
const log = createLogger({
  name: 'worker',
  level: environment.LOG_LEVEL,
  fields: tracing?.logFields,
});
exitOnFatalError(log);
logLosses(tracing, log);

const settings = workerSettings(environment);
const closers = await startOrExit(log, () => composeWorker(settings, { log, tracing }));
// Before it says that it is ready: whoever reads that may stop it at once.
runUntilSignal({
  logger: log,
  timeLimitMilliseconds: settings.timings.grace + 10_000,
  closers,
});
log.info({ concurrency: settings.timings.concurrency, shards: settings.shards }, 'worker is ready');
