export { checkRedis, durabilities, type Durability, type RedisFindings } from './redis-problems.ts';
export {
  closeInOrder,
  type CloseOutcome,
  type CloseSettings,
  type Closer,
} from './close-in-order.ts';
export {
  connectRedis,
  redisPrimaries,
  redisNodes,
  type RedisConnection,
  type RedisConnectionSettings,
} from './connect-redis.ts';
export {
  EnvironmentError,
  exitOnEnvironmentError,
  type EnvironmentProblem,
} from './environment.ts';
export { findRepositoryRoot, withEnvironmentFile } from './environment.ts';
export { followRedisTime, type RedisTime } from './follow-redis-time.ts';
export { exitOnFatalError, startOrExit } from './exit-on-fatal-error.ts';
export { jsonVariable } from './environment.ts';
export {
  createLogger,
  logLevels,
  type Logger,
  type LoggerSettings,
  type LogLevel,
} from './logger.ts';
export { isLoopbackName } from './loopback.ts';
export { maskSecrets } from './logger.ts';
export { readEnvironment, type EnvironmentSource } from './environment.ts';
export type { RedisRole } from './open-connection.ts';
export { parseRedisUrl, type RedisAddress } from './redis-address.ts';
export { causeOf, isRedisUnavailable, isRefusedForNow, refusals } from './redis-unavailable.ts';
export { RedisUnusableError } from './redis-unusable.ts';
export { requireRedis } from './require-redis.ts';
export { redisUrl } from './redis-address.ts';
export { countRepeats } from './repeated-errors.ts';
export { runUntilSignal, type RunSettings } from './run-until-signal.ts';
export {
  createSchemaChecker,
  type SchemaChecker,
  type SchemaCheckerSettings,
  type SchemaProblem,
  type SchemaVerdict,
} from './schema-checker.ts';
export { serializeError, type SerializedError } from './logger.ts';
export { startWatchdog, type Watchdog, type WatchdogSettings } from './watchdog.ts';
export { whenRedisReady } from './connect-redis.ts';
