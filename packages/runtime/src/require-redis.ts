import { Cluster } from 'ioredis';
import type { RedisConnection } from './connect-redis.ts';
import { parseRedisUrl } from './redis-address.ts';
import { versionProblem } from './redis-problems.ts';
import { commandsNeeded } from './redis-rights.ts';
import { lastingProblem, rightsProblem, RedisUnusableError } from './redis-unusable.ts';

/** Asks a server which of the commands, one a line, the user may not run; Redis before 7 does not tell. */
const missingScript = `
local missing = {}
for line in string.gmatch(ARGV[1], '[^\\n]+') do
  local words = {}
  for word in string.gmatch(line, '%S+') do words[#words + 1] = word end
  local known, allowed = pcall(function() return redis.acl_check_cmd(unpack(words)) end)
  if known and not allowed then missing[#missing + 1] = words[1] end
end
return missing`;

/**
 * Refuses a Redis that Pawl cannot work with, before anything is accepted that would never run: one that is too old, a
 * database that does not exist, a user without the rights, a node of a cluster that is addressed as a single server.
 *
 * @param tag the hash tag of one of the keys that will be used
 * @throws RedisUnusableError
 */
export async function requireRedis(
  redis: RedisConnection,
  { url, tag }: { readonly url: string; readonly tag: string },
): Promise<void> {
  const address = parseRedisUrl(url);
  const nodes = redis instanceof Cluster ? redis.nodes('master') : [redis];
  const problems = await Promise.all(
    nodes.map(async (node) => {
      const info = await node.info().catch(asProblem);
      if (typeof info !== 'string') return info.problem;
      const isClusterNode = /^cluster_enabled:1/m.test(info);
      if (isClusterNode && !(redis instanceof Cluster)) {
        return 'This Redis is a node of a cluster: write redis+cluster:// in REDIS_URL.';
      }
      const version = versionProblem(/^redis_version:(\S+)/m.exec(info)?.[1]);
      if (version !== undefined) return version;
      if ('db' in address && address.db > 0) {
        const selected = await node.select(address.db).catch(asDatabaseProblem(address.db));
        if (typeof selected !== 'string') return selected.problem;
      }
      return undefined;
    }),
  );
  const missing = await redis
    .eval(missingScript, 1, `${tag}:rights`, commandsNeeded(tag).join('\n'))
    .catch(asProblem);
  if (Array.isArray(missing) && missing.length > 0) {
    const names = [...new Set(missing.map(String))].map((name) => `+${name.toLowerCase()}`);
    problems.push(rightsProblem(`${names.join(' ')} on ${tag}:*`));
  } else if (isProblem(missing)) problems.push(missing.problem);
  const found = [...new Set(problems.filter((problem) => problem !== undefined))];
  if (found.length > 0) throw new RedisUnusableError(found);
}

interface Problem {
  readonly problem: string | undefined;
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'problem' in value;
}

/** What lasts is told; what may heal, such as a Redis that loads its data, stands in the way of nothing yet. */
function asProblem(error: unknown): Problem {
  return { problem: lastingProblem(error) };
}

function asDatabaseProblem(db: number): (error: unknown) => Problem {
  return (error) => {
    const isMissing =
      error instanceof Error && /DB index|SELECT is not allowed/.test(error.message);
    return isMissing
      ? {
          problem: `Redis has no database ${db}, which REDIS_URL names: raise "databases" in redis.conf, or name another.`,
        }
      : asProblem(error);
  };
}
