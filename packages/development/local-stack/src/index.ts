export { findFreePort } from './ports.ts';
export { DirectoryInUseError } from './private-redis/claim-directory.ts';
export {
  findRedisProgram,
  runningRedisUrl,
  startPrivateRedis,
  type PrivateRedis,
  type PrivateRedisSettings,
  type PrivateRedisWay,
} from './private-redis/start-private-redis.ts';
export { runningStack, type RunningStack } from './running-stack.ts';
export { spawnWithParent } from './spawn-with-parent.ts';
export type { StackPlan } from './stack-plan.ts';
export type { SandboxAccess } from './start-sandbox-part.ts';
export { startLocalStack, type LocalStack, type LocalStackSettings } from './start-local-stack.ts';
