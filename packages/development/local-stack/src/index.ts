export { findFreePort } from './ports.ts';
export { DirectoryInUseError } from './private-redis/claim-directory.ts';
export {
  runningRedisUrl,
  startPrivateRedis,
  type PrivateRedis,
  type PrivateRedisSettings,
  type PrivateRedisWay,
} from './private-redis/start-private-redis.ts';
export { spawnWithParent } from './spawn-with-parent.ts';
export type { StackPlan } from './stack-plan.ts';
export type { SandboxAccess } from './start-sandbox-part.ts';
export { startStack, type Stack, type StackSettings } from './start-stack.ts';
