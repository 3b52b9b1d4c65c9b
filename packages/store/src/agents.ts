import { StoredAgent } from '@pawl/contracts';
import type { RedisConnection } from '@pawl/runtime';
import type { Keys } from './keys.ts';
import { type ListPage, readPage } from './pages.ts';
import { formatStored, parseStored } from './record-format.ts';
import type { WriteBatch } from './write-batch.ts';
import { createWriteBatch } from './write-batch.ts';

/** What is known of an agent's name. `revision` counts the writes of its record, deletions too; null: there was none. */
export interface AgentRecord {
  readonly agent: StoredAgent | undefined;
  readonly revision: number | null;
}

/**
 * How long the revision of a deleted agent is remembered, in milliseconds: longer than any job of it is kept that was
 * made a year ahead. Another agent of the name goes on counting, so that a version is never two things.
 */
const remembered = 2 * 365 * 86_400_000;

export interface AgentsPage {
  readonly tenant: string;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

interface AgentDependencies {
  readonly redis: RedisConnection;
  readonly keys: Keys;
  readonly run: (batch: WriteBatch) => Promise<boolean>;
}

/** Agents stand in shard 0: a tenant's each in a hash, the operator's of all tenants in one. */
export function createAgents({ redis, keys, run }: AgentDependencies) {
  async function readAgentRecord(tenant: string, name: string): Promise<AgentRecord> {
    const [revision, state] = await redis.hmget(keys.agent(tenant, name), 'revision', 'state');
    return {
      agent: typeof state === 'string' ? parse(state, name) : undefined,
      revision: typeof revision === 'string' ? Number(revision) : null,
    };
  }

  async function readFileAgent(name: string): Promise<StoredAgent | undefined> {
    const text = await redis.hget(keys.fileAgents(), name);
    return text === null ? undefined : parse(text, name);
  }

  return {
    readAgentRecord,
    readFileAgent,

    async readAgent(tenant: string, name: string): Promise<StoredAgent | undefined> {
      return (await readFileAgent(name)) ?? (await readAgentRecord(tenant, name)).agent;
    },

    /** False: the record has changed since it was read, and nothing was written. `next` null deletes the agent. */
    async writeAgent(
      { tenant, name }: { readonly tenant: string; readonly name: string },
      before: AgentRecord,
      next: StoredAgent | null,
    ): Promise<boolean> {
      const key = keys.agent(tenant, name);
      const batch = createWriteBatch();
      const { revision } = before;
      batch.fence(key, 'revision', revision === null ? null : String(revision));
      batch.write('HSET', key, 'revision', (revision ?? 0) + 1);
      if (next === null) {
        batch.write('HDEL', key, 'state');
        batch.write('PEXPIRE', key, remembered);
        batch.write('ZREM', keys.agentsOf(tenant), name);
      } else {
        batch.write('HSET', key, 'state', formatStored(StoredAgent, next, `agent ${name}`));
        batch.write('PERSIST', key);
        batch.write('ZADD', keys.agentsOf(tenant), next.createdAt, name);
      }
      return run(batch);
    },

    countAgents: (tenant: string): Promise<number> => redis.zcard(keys.agentsOf(tenant)),

    /** A tenant's own, newest first. One that the operator has a file for is left out. */
    listAgents(page: AgentsPage): Promise<ListPage<StoredAgent>> {
      const { tenant } = page;
      return readPage(redis, { indexes: [keys.agentsOf(tenant)] }, page, async (name) =>
        (await redis.hexists(keys.fileAgents(), name)) === 1
          ? undefined
          : (await readAgentRecord(tenant, name)).agent,
      );
    },

    async listFileAgents(): Promise<StoredAgent[]> {
      const stored = Object.entries(await redis.hgetall(keys.fileAgents()));
      return stored
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, text]) => parse(text, name));
    },

    /** Replaces all agents of the operator's files. Those that have not changed keep their times. */
    async writeFileAgents(agents: readonly StoredAgent[]): Promise<void> {
      const key = keys.fileAgents();
      const known = await redis.hgetall(key);
      const commands = redis.multi().del(key);
      for (const agent of agents) {
        const { name } = agent;
        const text = known[name];
        const earlier = text === undefined ? undefined : parse(text, name);
        const createdAt = earlier?.createdAt ?? agent.createdAt;
        const updatedAt = earlier?.version === agent.version ? earlier.updatedAt : agent.updatedAt;
        const record = { ...agent, createdAt, updatedAt };
        commands.hset(key, name, formatStored(StoredAgent, record, `agent ${name}`));
      }
      await commands.exec();
    },
  };
}

function parse(text: string, name: string): StoredAgent {
  return parseStored(StoredAgent, text, `agent ${name}`);
}
