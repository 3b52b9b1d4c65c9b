import { type RedisConnection, redisNodes } from '@pawl/runtime';
import type { ChangeFeed } from './changes.ts';
import type { Keys } from './keys.ts';

/** A worker's sign that its process is connected, for as long as it stands. */
export interface WorkerSign {
  /** Writes again that this worker is connected, if Redis sees its connection. */
  confirm(): Promise<void>;
  withdraw(): Promise<void>;
}

/**
 * Tells which workers have closed their connections. Each listens on a channel of its own: when its process or its
 * machine goes, Redis sees the connection close at once and counts nobody on that channel any more. What stands still
 * (SIGSTOP, a blocked event loop) or is cut off keeps its connection, and with it its sign.
 */
export function createWorkerConnections({
  redis,
  keys,
  feed,
}: {
  readonly redis: RedisConnection;
  readonly keys: Keys;
  readonly feed: ChangeFeed;
}) {
  async function listenersOf(workers: readonly string[]): Promise<number[]> {
    const channels = workers.map((worker) => keys.workerChannel(worker));
    const answers = await Promise.all(
      redisNodes(redis).map((node) => node.pubsub('NUMSUB', ...channels)),
    );
    return workers.map((_, place) =>
      answers.reduce((sum, answer) => sum + Number(answer[place * 2 + 1]), 0),
    );
  }

  /** Changes with every start of Redis, and when another server takes over. */
  async function currentRun(): Promise<string> {
    const nodes = await Promise.all(redisNodes(redis).map((node) => node.info('server')));
    return nodes
      .map((text) => /^run_id:(\w+)/m.exec(text)?.[1] ?? '')
      .toSorted()
      .join(' ');
  }

  return {
    /** From now on others can tell whether the worker is connected. */
    async standConnected(worker: string): Promise<WorkerSign> {
      const confirm = async () => {
        const run = await currentRun();
        const [listeners] = await listenersOf([worker]);
        if (listeners !== undefined && listeners > 0) {
          await redis.hset(keys.workerConnections(), worker, run);
        }
      };
      const stop = await feed.listen(keys.workerChannel(worker), () => undefined);
      const unsubscribe = feed.onMissed(() => void confirm().catch(() => undefined));
      await confirm().catch(() => undefined);
      return {
        confirm,
        async withdraw() {
          unsubscribe();
          await redis.hdel(keys.workerConnections(), worker);
          await stop();
        },
      };
    },

    /** The workers that have been connected and have not said that they leave. */
    connectedWorkers: (): Promise<string[]> => redis.hkeys(keys.workerConnections()),

    /** Those whose connection Redis does not see: gone, or about to come back. */
    async unseenWorkers(workers: readonly string[]): Promise<string[]> {
      if (workers.length === 0) return [];
      const listeners = await listenersOf(workers);
      return workers.filter((_, place) => listeners[place] === 0);
    },

    /**
     * Those whose connection this Redis has seen and sees no more. A worker that has not come back since Redis was
     * restarted, or since another server took over, is none of them.
     */
    async lostWorkers(workers: readonly string[]): Promise<string[]> {
      if (workers.length === 0) return [];
      const [run, listeners, runs] = await Promise.all([
        currentRun(),
        listenersOf(workers),
        redis.hmget(keys.workerConnections(), ...workers),
      ]);
      return workers.filter((_, place) => listeners[place] === 0 && runs[place] === run);
    },

    async forgetConnection(worker: string): Promise<void> {
      await redis.hdel(keys.workerConnections(), worker);
    },
  };
}
