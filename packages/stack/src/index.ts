export { DirectoryInUseError } from './private-redis/claim-directory.ts';
export { findFreePort } from './private-redis/free-port.ts';
export {
  startPrivateRedis,
  type PrivateRedis,
  type PrivateRedisSettings,
  type PrivateRedisWay,
} from './private-redis/start-private-redis.ts';
