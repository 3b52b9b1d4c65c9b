import { ConversationState } from '@pawl/contracts';
import { emptyLine, type Conversation, type Line } from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import { z } from 'zod';
import type { Keys } from './keys.ts';
import { parseStored } from './parse.ts';
import { loadScript, runScript } from './script.ts';

const startedJobsScript = loadScript('read-started-jobs');
const JobIds = z.array(z.string()).nullable();

export interface StartedJobsPiece {
  /** `before`: the jobs right before this one. `from`: this one and those after it. `after`: those after it. */
  readonly where: 'before' | 'from' | 'after';
  /** Undefined: from the beginning on. */
  readonly job: string | undefined;
  readonly limit: number;
}

/** Reads of conversations. */
export function createConversationReads(redis: RedisConnection, keys: Keys) {
  async function readState(id: string): Promise<ConversationState | undefined> {
    const text = await redis.hget(keys.conversation(id), 'state');
    return text === null ? undefined : parseStored(ConversationState, text, `conversation ${id}`);
  }

  /** Read after the state: should a commit fall in between, the state's revision is an old one, and fences it off. */
  async function readLine(id: string): Promise<Line> {
    const [first, inLine, delayed] = await Promise.all([
      redis.zrange(keys.line(id), '0', '0'),
      redis.zcard(keys.line(id)),
      redis.scard(keys.delayedJobs(id)),
    ]);
    return { next: first[0] ?? null, count: inLine + delayed, changes: [] };
  }

  return {
    readConversationState: readState,

    async readConversation(id: string): Promise<Conversation | undefined> {
      const stored = await readState(id);
      if (stored === undefined) return undefined;
      const { line, ...state } = stored;
      return { ...state, line: line === undefined ? await readLine(id) : lineInState(line) };
    },

    async lastStartedJob(conversation: string): Promise<string | undefined> {
      return (await redis.lindex(keys.startedJobs(conversation), -1)) ?? undefined;
    },

    /** A piece of the conversation's started jobs, oldest first; undefined when the job is not among them. */
    async startedJobs(
      conversation: string,
      { where, job = '', limit }: StartedJobsPiece,
    ): Promise<string[] | undefined> {
      const names = [keys.startedJobs(conversation)];
      const found = await runScript(redis, startedJobsScript, names, [where, job, limit]);
      return JobIds.parse(found) ?? undefined;
    },
  };
}

/** Nobody waits, or those do that an older version kept in the state: the next commit moves them over. */
function lineInState(jobs: readonly string[]): Line {
  const [next] = jobs;
  return next === undefined
    ? emptyLine
    : { next, count: jobs.length, changes: [{ kind: 'moves', jobs }] };
}
