// A gateway as services/gateway composes it, around a store that comes by the traps of its assignment.
import { composeGateway, gatewaySettings, readGatewayEnvironment } from '@pawl/gateway/compose';
import { closeInOrder, createLogger, exitOnFatalError } from '@pawl/runtime';
import { closingTime, readProcessSettings, serviceVariables } from './messages.ts';
import { obeyOrders } from './obey-orders.ts';
import { springTraps, trappedStore } from './trap.ts';

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

obeyOrders(async ({ name, traps }) => {
  const reach = springTraps(traps);
  const { port, closers } = await composeGateway(
    { ...settings, name },
    { log, wrapStore: (store) => trappedStore(store, reach) },
  );
  return {
    port,
    async stop() {
      await closeInOrder(closers, { logger: log, timeLimitMilliseconds: closingTime });
    },
  };
});
