import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RedisConnection } from '@pawl/runtime';

export interface Script {
  readonly text: string;
  readonly sha: string;
}

/**
 * A Lua script of this package, by its file name.
 *
 * @param functions Lua that it builds on, put before it
 */
export function loadScript(name: string, functions = ''): Script {
  const text = functions + readFileSync(new URL(`../lua/${name}.lua`, import.meta.url), 'utf8');
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

/** Runs a script by its digest, and by its text where the server does not have it. */
export async function runScript(
  redis: RedisConnection,
  script: Script,
  keys: readonly string[],
  values: readonly (string | number)[],
): Promise<unknown> {
  try {
    return await redis.evalsha(script.sha, keys.length, ...keys, ...values);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return redis.eval(script.text, keys.length, ...keys, ...values);
  }
}
