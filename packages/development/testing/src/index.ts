export { forgetful } from './forgetful.ts';
export { findFreePort as freePort } from '@pawl/local-stack';
export { startOwnRedis, type OwnRedis } from './own-redis.ts';
export {
  spawnService,
  type RunningService,
  type ServiceExit,
  type ServiceSettings,
} from './spawn-service.ts';
export { startTestBucket, type TestBucket } from './test-bucket.ts';
export { testRedis, type TestRedis, testShards } from './test-redis.ts';
export {
  startTestRedis,
  type TestRedisServer,
  type TestRedisSettings,
} from './start-test-redis.ts';
export { createGate, type Gate, waitFor, type WaitSettings } from './wait-for.ts';
export {
  startRefusingRedis,
  waysToRefuse,
  type RefusingRedis,
  type WayToRefuse,
} from './refusing-redis.ts';
export {
  startRedisProcess,
  type RedisProcess,
  type RedisProcessSettings,
} from './redis-process.ts';
export { startTcpProxy, type RewriteAnswer, type TcpProxy } from './tcp-proxy.ts';
export { startRedisCluster, type RedisCluster } from './redis-cluster.ts';
export { repositoryRoot, startStack, webhookSecret } from './start-stack.ts';
