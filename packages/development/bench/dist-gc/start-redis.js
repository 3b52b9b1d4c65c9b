import { join } from 'node:path';
import { startPrivateRedis } from '@pawl/local-stack';
import { Redis } from 'ioredis';
/** A Redis of one contender's own, append-only (`everysec`). */
export async function startRedis({ directory, root }) {
  const server = await startPrivateRedis({
    directory,
    ways: ['program', 'package'],
    packageDirectory: join(root, '.pawl/packages'),
    log: (line) => void process.stderr.write(`${line}\n`),
  });
  const redis = new Redis(server.url);
  return {
    url: server.url,
    redis,
    async stop() {
      redis.disconnect();
      await server.stop();
    },
  };
}
//# sourceMappingURL=start-redis.js.map
