import { customAlphabet } from 'nanoid';
import { z } from 'zod';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const randomPart = customAlphabet(alphabet, 20);

const prefixes = {
  job: 'job',
  conversation: 'conv',
  schedule: 'sch',
  delivery: 'whd',
  event: 'evt',
  trigger: 'trg',
} as const;

export type IdKind = keyof typeof prefixes;

/** A fresh id such as `job_0_4fJ…`: its kind, the shard that holds it, 119 random bits. */
export function newId(kind: IdKind, shard: number): string {
  return formatId(kind, shard, randomPart());
}

/** An unguessable text of letters and digits, with 119 random bits. */
export function randomToken(): string {
  return randomPart();
}

/** An id with a chosen last part (letters, digits and `-`), for things that must get the same id every time. */
export function formatId(kind: IdKind, shard: number, part: string): string {
  return `${prefixes[kind]}_${shard}_${part}`;
}

/** The shard that an id names. Throws on text that is not an id: check with {@link idSchema} first. */
export function shardOfId(id: string): number {
  // Asked for at each key of a commit: a test makes no garbage, a match does.
  if (!idStart.test(id)) throw new Error(`not an id: ${id.slice(0, 80)}`);
  const start = id.indexOf('_') + 1;
  return Number(id.slice(start, id.indexOf('_', start)));
}

const idStart = /^[a-z]+_\d{1,4}_/;

function idSchema(kind: IdKind) {
  const prefix = prefixes[kind];
  return z
    .string()
    .regex(
      new RegExp(`^${prefix}_\\d{1,4}_[0-9A-Za-z-]{1,64}$`),
      `must be an id that starts with ${prefix}_`,
    );
}

export const JobId = idSchema('job');
export const ConversationId = idSchema('conversation');
export const ScheduleId = idSchema('schedule');
export const TriggerId = idSchema('trigger');
export const DeliveryId = idSchema('delivery');

/** The tenant of everything that is done without an API key, and of the settings in the environment. */
export const defaultTenant = 'default';
