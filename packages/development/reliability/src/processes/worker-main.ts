// A worker as services/worker composes it, around ports that have the failpoints of its assignment.
import { closeInOrder, createLogger, exitOnFatalError, startOrExit } from '@pawl/runtime';
import { composeWorker, readWorkerEnvironment, workerSettings } from '@pawl/worker/compose';
import { closingTime, readProcessSettings, serviceVariables } from './messages.ts';
import { obeyOrders } from './obey-orders.ts';
import {
  armFailpoints,
  modelWithFailpoints,
  storeWithFailpoints,
  toolsWithFailpoints,
} from './failpoint.ts';

const harness = readProcessSettings();
const { timings } = harness;
const log = createLogger({ name: 'harness worker', level: 'warn' });
exitOnFatalError(log);

const settings = workerSettings(
  readWorkerEnvironment({
    ...serviceVariables(harness),
    FASTROUTER_BASE_URL: harness.sandbox.modelBaseUrl,
    FASTROUTER_API_KEY: harness.sandbox.modelApiKey,
  }),
);

obeyOrders(async ({ name, failpoints }) => {
  const reach = armFailpoints(failpoints);
  const closers = await startOrExit(log, () =>
    composeWorker(
      {
        ...settings,
        name,
        ...(harness.kept && {
          retention: { jobs: { age: harness.kept.jobs } },
          events: harness.kept.events,
        }),
        tools: { ...settings.tools, toolTimeout: timings.toolTimeout },
        rules: {
          ...settings.rules,
          backOffBase: timings.backOffBase,
          toolTimeout: timings.toolTimeout + 1_000,
        },
        tasks: { ...settings.tasks, toolEffects: harness.toolEffects },
        timings,
        watchdog: { ...settings.watchdog, limit: timings.blockedLimit },
      },
      {
        log,
        wrap: (ports) => ({
          ...ports,
          store: storeWithFailpoints(ports.store, reach),
          model: modelWithFailpoints(ports.model, reach),
          tools: toolsWithFailpoints(ports.tools, reach),
        }),
      },
    ),
  );
  return {
    async stop() {
      await closeInOrder(closers, { logger: log, timeLimitMilliseconds: closingTime });
    },
  };
});
