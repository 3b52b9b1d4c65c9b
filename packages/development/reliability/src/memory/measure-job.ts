import type { JobState } from '@pawl/contracts';
import type { RedisConnection } from '@pawl/runtime';
import type { Namespace } from '../testbed/namespace.ts';

export interface JobMemory {
  /** The keys that name the job or its conversation. */
  readonly keys: readonly { readonly kind: string; readonly bytes: number }[];
  /** Bytes of its request, its result and its steps: prompts, replies, arguments and outputs. */
  readonly ownTexts: number;
}

/** What Redis holds for a job, by `MEMORY USAGE`: its tasks, and its entries in indexes, are not counted. */
export async function measureJob({ redis, keys }: Namespace, job: JobState): Promise<JobMemory> {
  const names = [`:job:${job.id}`, `:conversation:${job.conversation}`];
  const own = (await keys()).filter((key) => names.some((name) => key.includes(name)));
  const measured = own.map(async (key) => ({
    kind: key
      .slice(key.indexOf('}:') + 2)
      .replace(job.id, '…')
      .replace(job.conversation, '…'),
    bytes: Number(await redis.memory('USAGE', key, 'SAMPLES', 0)),
  }));
  return { keys: await Promise.all(measured), ownTexts: await ownTexts(redis, own, job.id) };
}

async function ownTexts(
  redis: RedisConnection,
  keys: readonly string[],
  job: string,
): Promise<number> {
  const state = keys.find((key) => key.endsWith(`:job:${job}`));
  const steps = keys.find((key) => key.endsWith(`:job:${job}:steps`));
  const texts = [
    ...(state === undefined ? [] : await redis.hmget(state, 'request', 'result')),
    ...(steps === undefined ? [] : await redis.hvals(steps)),
  ];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ''), 0);
}

export async function usedMemory(redis: RedisConnection): Promise<number> {
  const info = await redis.info('memory');
  return Number(/^used_memory:(\d+)/m.exec(info)?.[1]);
}
