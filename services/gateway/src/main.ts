import {
  createLogger,
  exitOnEnvironmentError,
  exitOnFatalError,
  findRepositoryRoot,
  runUntilSignal,
  startOrExit,
  withEnvironmentFile,
} from '@pawl/runtime';
import { ApiKeyMissingError, composeGateway } from './compose-gateway.ts';
import { readGatewayEnvironment } from './env.ts';
import { gatewaySettings } from './gateway-settings.ts';
import { missingKeys, startNotices } from './start-notices.ts';

const environment = exitOnEnvironmentError(() =>
  readGatewayEnvironment(withEnvironmentFile(process.env, findRepositoryRoot(import.meta.url))),
);
const { HOST: host } = environment;
const log = createLogger({ name: 'gateway', level: environment.LOG_LEVEL });
exitOnFatalError(log);

const settings = gatewaySettings(environment);
const gateway = await startOrExit(log, () =>
  composeGateway(settings, { log }).catch((error: unknown) => {
    if (!(error instanceof ApiKeyMissingError)) throw error;
    process.stderr.write(missingKeys(host, environment.NODE_ENV));
    process.exit(1);
  }),
);
log.info({ host, port: gateway.port }, 'gateway is listening');
const notices = startNotices({
  isProduction: environment.NODE_ENV === 'production',
  isKeyless: gateway.isKeyless,
  hasConnectVerifyUrl: environment.CONNECT_VERIFY_URL !== undefined,
});
for (const notice of notices) log.warn(notice);

runUntilSignal({
  logger: log,
  timeLimitMilliseconds: settings.drain + 30_000,
  closers: gateway.closers,
});
