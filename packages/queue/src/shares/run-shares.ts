import { readFileSync } from 'node:fs';
import type { NextTask, TaskLock } from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import { z } from 'zod';
import type { Ownership } from '../catalogue.ts';
import { bullmqTasks } from './bullmq-tasks.ts';

/** One of `shares.lua`'s operations. A pool is named by its BullMQ queue, a task by its id. */
export type ShareOperation =
  | { readonly kind: 'leave' | 'drop'; readonly pool: string; readonly id: string }
  | {
      readonly kind: 'enter' | 'try';
      readonly pool: string;
      readonly id: string;
      readonly ownership: Ownership;
      /** What BullMQ is to be given as the task's data. */
      readonly payload: string;
    }
  | {
      readonly kind: 'start';
      readonly pool: string;
      readonly id: string;
      readonly ownership: Ownership;
      readonly payload: string;
      readonly lock: TaskLock;
    }
  | { readonly kind: 'finish'; readonly pool: string; readonly id: string; readonly token: string }
  | { readonly kind: 'take'; readonly pool: string; readonly next: NextTask }
  | { readonly kind: 'sweep'; readonly pool: string; readonly before: number };

export interface ShareAnswer {
  readonly outcome: 'granted' | 'started' | 'parked' | 'queued' | 'refused';
  readonly pool: string;
  readonly id: string;
}

const Answer = z.array(z.string());
const Outcome = z.enum(['granted', 'started', 'parked', 'queued', 'refused']);

/** Operations of one run of the script: it must not keep Redis for long. */
const mostOperations = 200;

/** Lua that defines `change_tasks`: see shares.lua. */
export const changeTasks = bullmqTasks + luaOf('shares');

export type RunShares = (
  tag: string,
  operations: readonly ShareOperation[],
  now: number,
) => Promise<ShareAnswer[]>;

/**
 * Runs `shares.lua`, which keeps who holds a share and who waits for one.
 *
 * @param functions Lua that defines `change_tasks`
 */
export function createRunShares(redis: RedisConnection, functions = changeTasks): RunShares {
  const run = defineScript(redis, 'change-tasks', 1, functions);
  return async (tag, operations, now) => {
    const answers: ShareAnswer[] = [];
    for (let start = 0; start < operations.length; start += mostOperations) {
      const part = operations.slice(start, start + mostOperations);
      const answer = Answer.parse(await run(tag, now, ...part.flatMap(wordsOfOperation)));
      for (let place = 0; place + 2 < answer.length; place += 3) {
        const [outcome, pool = '', id = ''] = answer.slice(place, place + 3);
        answers.push({ outcome: Outcome.parse(outcome), pool, id });
      }
    }
    return answers;
  };
}

/**
 * A script of this package by its file's name, to be called with its keys and then its values.
 *
 * @param functions Lua that the script builds on, put before it
 */
export function defineScript(
  redis: RedisConnection,
  name: string,
  numberOfKeys: number,
  functions = '',
): (...words: (string | number)[]) => Promise<unknown> {
  const lua = functions + luaOf(name);
  const command = `pawl ${name}`;
  redis.defineCommand(command, { numberOfKeys, lua });
  // ioredis puts the command on the connection, which its types cannot know.
  const defined = redis as unknown as Record<
    string,
    (...words: (string | number)[]) => Promise<unknown>
  >;
  return (...words) => {
    const call = defined[command];
    if (call === undefined) throw new Error(`the command "${command}" is not defined`);
    return call.apply(redis, words);
  };
}

/** An operation as the script takes it. */
export function wordsOfOperation(operation: ShareOperation): (string | number)[] {
  const { kind, pool } = operation;
  if ('before' in operation) return [kind, pool, operation.before];
  if ('next' in operation) {
    const words = wordsOfTake(operation.next);
    return [kind, pool, operation.next.fromQueue ? 1 : 0, words.length, ...words];
  }
  if ('token' in operation) return [kind, pool, operation.id, operation.token];
  if (!('ownership' in operation)) return [kind, pool, operation.id];
  const { id, ownership, payload } = operation;
  const lock = 'lock' in operation ? [operation.lock.token, operation.lock.duration] : [];
  const { tenant, group } = ownership;
  return [kind, pool, id, tenant, group, rankOf(ownership), payload, ...lock];
}

/** What `take_task` is told: see bullmq-tasks.lua. */
export function wordsOfTake({
  lock,
  dueFirst,
  reads,
}: Omit<NextTask, 'fromQueue'>): (string | number)[] {
  const read = reads === undefined ? [] : [reads.keyPrefix, ...reads.fields];
  return [lock.token, lock.duration, dueFirst ? 1 : 0, ...read];
}

/** The lowest comes first. Of one priority, jobs that have begun come before those that have not. */
function rankOf({ priority, hasBegun = false }: Ownership): number {
  return 2 * priority + (hasBegun ? 0 : 1);
}

/** The text of a script of this package by its file's name. */
export function luaOf(name: string): string {
  return readFileSync(new URL(`../../lua/${name}.lua`, import.meta.url), 'utf8');
}
