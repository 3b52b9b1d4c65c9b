// A gateway as services/gateway composes it, around a store that stops at the failpoints of its assignment.
import { composeGateway, gatewaySettings, readGatewayEnvironment } from '@pawl/gateway/compose';
import { closeInOrder, createLogger, exitOnFatalError, startOrExit } from '@pawl/runtime';
import { closingTime, readProcessSettings, serviceVariables } from './messages.ts';
import { obeyOrders } from './obey-orders.ts';
import { armFailpoints, storeWithFailpoints } from './failpoint.ts';

const log = createLogger({ name: 'harness gateway', level: 'warn' });
exitOnFatalError(log);

const settings = gatewaySettings(
  readGatewayEnvironment({
    ...serviceVariables(readProcessSettings()),
    PORT: '0',
    SCALEKIT_CONNECTION_NAME: 'gmail',
    FASTROUTER_MODEL: 'pawl/experiment',
  }),
);

obeyOrders(async ({ name, failpoints }) => {
  const reach = armFailpoints(failpoints);
  const { port, closers } = await startOrExit(log, () =>
    composeGateway(
      { ...settings, name },
      { log, wrapStore: (store) => storeWithFailpoints(store, reach) },
    ),
  );
  return {
    port,
    async stop() {
      await closeInOrder(closers, { logger: log, timeLimitMilliseconds: closingTime });
    },
  };
});
