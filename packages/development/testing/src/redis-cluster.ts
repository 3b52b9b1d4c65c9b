import { type RedisProcess, startRedisProcess } from './redis-process.ts';
import { waitFor } from './wait-for.ts';

export interface RedisCluster {
  /** Names one of its nodes. */
  readonly url: string;
  /** Moves the slot of a hash tag with its keys, a few at a time, to a primary that has had none. */
  moveToEmptyNode(tag: string): Promise<void>;
  /** The server that has the keys of a hash tag is gone. */
  killOwnerOf(tag: string): Promise<void>;
  remove(): Promise<void>;
}

/** First and last slot, then its servers as address, port and more. */
type SlotRange = readonly [number, number, readonly [string, number]];

/** How long a slot moves, in milliseconds: longer than from one look of a client at the cluster to the next. */
const moving = 6_000;

const primaries = 3;
const slots = 16_384;

/** Three primaries without replicas, and a fourth that has no slots yet. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const nodes = await Promise.all(
    Array.from({ length: primaries + 1 }, () =>
      startRedisProcess({
        lines: [
          'cluster-enabled yes',
          'cluster-node-timeout 2000',
          // The others go on while one is away.
          'cluster-require-full-coverage no',
        ],
      }),
    ),
  );
  const [first, ...others] = nodes;
  if (first === undefined) throw new Error('a cluster has nodes');
  const seed = first;
  for (const [place, { redis }] of nodes.slice(0, primaries).entries()) {
    const from = Math.ceil((place * slots) / primaries);
    const to = Math.ceil(((place + 1) * slots) / primaries) - 1;
    await redis.cluster('ADDSLOTSRANGE', from, to);
  }
  for (const { port } of others) await first.redis.cluster('MEET', '127.0.0.1', port);
  for (const { redis } of nodes) {
    await waitFor(async () => {
      const info = await redis.cluster('INFO');
      return (
        info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${nodes.length}`)
      );
    });
  }

  const slotOf = (tag: string): Promise<number> => seed.redis.cluster('KEYSLOT', tag);

  async function ownerOf(slot: number): Promise<RedisProcess> {
    const ranges = (await seed.redis.cluster('SLOTS')) as unknown as SlotRange[];
    const range = ranges.find(([from, to]) => from <= slot && slot <= to);
    const owner = nodes.find(({ port }) => port === range?.[2][1]);
    if (owner !== undefined) return owner;
    throw new Error(`nobody has slot ${slot}`);
  }

  return {
    url: `redis+cluster://127.0.0.1:${first.port}`,
    async moveToEmptyNode(tag) {
      const slot = await slotOf(tag);
      const [source, target] = [await ownerOf(slot), nodes[primaries]];
      if (target === undefined) throw new Error('there is no empty node');
      const [from, to] = [await source.redis.cluster('MYID'), await target.redis.cluster('MYID')];
      await target.redis.cluster('SETSLOT', slot, 'IMPORTING', from);
      await source.redis.cluster('SETSLOT', slot, 'MIGRATING', to);
      for (;;) {
        const keys = await source.redis.cluster('GETKEYSINSLOT', slot, 5);
        if (keys.length === 0) break;
        await source.redis.migrate('127.0.0.1', target.port, '', 0, 5_000, 'KEYS', ...keys);
      }
      // Clients are sent there by ASK meanwhile, and forget a node without slots at each look at the cluster.
      const begun = performance.now();
      await waitFor(async () => {
        const stats = await target.redis.info('commandstats');
        return stats.includes('cmdstat_asking') && performance.now() - begun > moving;
      });
      for (const { redis } of [target, source, ...nodes])
        await redis.cluster('SETSLOT', slot, 'NODE', to);
    },
    async killOwnerOf(tag) {
      await (await ownerOf(await slotOf(tag))).remove();
    },
    async remove() {
      await Promise.all(nodes.map((node) => node.remove()));
    },
  };
}
