const oldestVersion = [6, 2] as const;

/**
 * What stands against keeping Pawl's state in a server, read from its `INFO` reply, as sentences
 * that say what to do. Empty if nothing does.
 */
export function redisProblems(info: string): string[] {
  const fields = new Map(
    info
      .split(/\r?\n/)
      .filter((line) => line.includes(':'))
      .map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon), line.slice(colon + 1)];
      }),
  );
  return [
    versionProblem(fields.get('redis_version')),
    policyProblem(fields.get('maxmemory_policy')),
    roleProblem(fields.get('role')),
    memoryProblem(Number(fields.get('used_memory')), Number(fields.get('maxmemory'))),
  ].filter((problem) => problem !== undefined);
}

function versionProblem(version: string | undefined): string | undefined {
  const required = oldestVersion.join('.');
  if (version === undefined) return `Redis does not tell its version; ${required} is needed.`;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isRecent =
    major > oldestVersion[0] || (major === oldestVersion[0] && minor >= oldestVersion[1]);
  return isRecent ? undefined : `Redis is ${version}; install ${required} or later.`;
}

function policyProblem(policy: string | undefined): string | undefined {
  if (policy === 'noeviction') return undefined;
  const remedy =
    'set maxmemory-policy to noeviction in redis.conf or in the provider’s settings, since any ' +
    'other policy may delete jobs when memory runs short.';
  if (policy === undefined) return `Redis does not tell its maxmemory-policy: ${remedy}`;
  return `Redis has maxmemory-policy ${policy}: ${remedy}`;
}

function roleProblem(role: string | undefined): string | undefined {
  if (role === undefined || role === 'master') return undefined;
  return 'Redis is a read-only replica: connect to the primary.';
}

function memoryProblem(used: number, most: number): string | undefined {
  if (!(most > 0) || !(used > most)) return undefined;
  return `Redis uses ${used} bytes of memory and has maxmemory ${most}: it takes no writes. Raise it, or free memory.`;
}
