export { checkRedis } from './check-redis.ts';
export {
  closeInOrder,
  type CloseOutcome,
  type CloseSettings,
  type Closer,
} from './close-in-order.ts';
export {
  connectRedis,
  type RedisConnection,
  type RedisConnectionSettings,
  type RedisRole,
} from './connect-redis.ts';
export {
  EnvironmentError,
  exitOnEnvironmentError,
  type EnvironmentProblem,
} from './environment-error.ts';
export { findRepositoryRoot, withEnvironmentFile } from './environment-file.ts';
export { followRedisTime, type RedisTime } from './follow-redis-time.ts';
export { exitOnFatalError } from './exit-on-fatal-error.ts';
export { jsonVariable } from './json-variable.ts';
export {
  createLogger,
  logLevels,
  type Logger,
  type LoggerSettings,
  type LogLevel,
} from './logger.ts';
export { maskSecrets } from './mask-secrets.ts';
export { readEnvironment, type EnvironmentSource } from './read-environment.ts';
export { parseRedisUrl, type RedisAddress } from './redis-address.ts';
export { isRedisUnavailable, isRefusedForNow, refusals } from './redis-unavailable.ts';
export { redisUrl } from './redis-url.ts';
export { runUntilSignal, type RunSettings } from './run-until-signal.ts';
export {
  createSchemaChecker,
  type SchemaChecker,
  type SchemaCheckerSettings,
  type SchemaProblem,
  type SchemaVerdict,
} from './schema-checker.ts';
export { serializeError, type SerializedError } from './serialize-error.ts';
export { startWatchdog, type Watchdog, type WatchdogSettings } from './watchdog.ts';
export { whenRedisReady } from './when-redis-ready.ts';
