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
import { ApiKeyMissingError, composeGateway } from './compose-gateway.ts';
import { readGatewayEnvironment } from './env.ts';
import { gatewaySettings } from './gateway-settings.ts';
import { missingKeys, startNotices } from './start-notices.ts';

const source = withEnvironmentFile(process.env, findRepositoryRoot(import.meta.url));
const environment = exitOnEnvironmentError(() => readGatewayEnvironment(source));
const tracing = await startTracing(tracingSettings('pawl-gateway', environment, source));
const { HOST: host } = environment;
const log = createLogger({
  name: 'gateway',
  level: environment.LOG_LEVEL,
  fields: tracing?.logFields,
});
exitOnFatalError(log);
logLosses(tracing, log);

const settings = gatewaySettings(environment);
const gateway = await startOrExit(log, () =>
  composeGateway(settings, { log, tracing }).catch((error: unknown) => {
    if (!(error instanceof ApiKeyMissingError)) throw error;
    process.stderr.write(missingKeys(host, environment.NODE_ENV));
    process.exit(1);
  }),
);
// Before it says that it is ready: whoever reads that may stop it at once.
runUntilSignal({
  logger: log,
  timeLimitMilliseconds: settings.drain + 30_000,
  closers: gateway.closers,
});
log.info({ host, port: gateway.port }, 'gateway is listening');
const notices = startNotices({
  isProduction: environment.NODE_ENV === 'production',
  isKeyless: gateway.isKeyless,
  hasConnectVerifyUrl: environment.CONNECT_VERIFY_URL !== undefined,
});
for (const notice of notices) log.warn(notice);
