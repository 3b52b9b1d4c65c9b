import { WebhookDelivery } from '@pawl/contracts';
import { NewerRecordError, StoredDataError } from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import { z } from 'zod';
import { certainlyFits, certainlyStays } from './certain-fit.ts';
import type { Keys } from './keys.ts';
import { keepingUnknownFields } from './unknown-fields.ts';

/**
 * The version of the records that this build writes. Records from before versions were written carry none: they count
 * as version 1. How it is raised: docs/upgrades.md.
 */
export const recordFormat = 2;

/** The oldest version whose services can work beside this build: older ones are refused at their start. */
const oldestNeighbour = 1;

type StoredObject = Readonly<Record<string, unknown>>;
type Upgrade = (record: StoredObject) => StoredObject;

/**
 * What a record of one version lacks of the next one, by the kind of record. An upgrade only fills in what is missing,
 * and replaces what is no longer written: a neighbour of an older version may have written the record since.
 */
const upgrades: ReadonlyMap<z.ZodType, Readonly<Record<number, Upgrade>>> = new Map<
  z.ZodType,
  Readonly<Record<number, Upgrade>>
>([
  // Version 1 counted deliveries at an endpoint, and let the others wait there. Now shares do: what waited is due.
  [WebhookDelivery, { 1: (delivery) => ({ ...delivery, phase: readyPhase(delivery['phase']) }) }],
]);

function readyPhase(phase: unknown): unknown {
  const parked = ParkedPhase.safeParse(phase);
  if (!parked.success) return phase;
  return { status: 'ready', since: parked.data.since, notBefore: parked.data.parkedAt };
}

const ParkedPhase = z.object({
  status: z.literal('parked'),
  since: z.int(),
  parkedAt: z.int(),
});

const StoredVersion = z.looseObject({ format: z.int().positive().optional() });

/**
 * What comes out of Redis is parsed like what comes from outside: upgraded to this version where it is older, and with
 * the fields that this version does not know.
 *
 * @throws NewerRecordError where a newer version has written what this one cannot read
 * @throws StoredDataError where nobody can read it
 */
export function parseStored<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  what: string,
): z.infer<Schema> {
  let version = 1;
  try {
    const { format = 1, ...record } = parsed(StoredVersion, JSON.parse(text));
    version = format;
    return parsed(schema, upgraded(schema, record, format));
  } catch (error) {
    if (version > recordFormat) {
      throw new NewerRecordError(
        `${what} in Redis has record format ${version}, and this version of Pawl reads up to ${recordFormat}: ` +
          'a newer version has to go on with it',
        { cause: error },
      );
    }
    throw new StoredDataError(`${what} in Redis cannot be read`, { cause: error });
  }
}

/** What the schema makes of a value: the value itself where that is certain, since a copy by zod takes three times as long. */
function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  if (certainlyStays(schema, value)) return value as z.infer<Schema>;
  return keepingUnknownFields(schema).parse(value);
}

function upgraded(schema: z.ZodType, record: StoredObject, from: number): StoredObject {
  let current = record;
  for (let version = from; version < recordFormat; version += 1) {
    current = upgrades.get(schema)?.[version]?.(current) ?? current;
  }
  return current;
}

/**
 * The text of a record that goes into Redis, with its version. What could not be read again is refused here, where it
 * costs one request, and not at every read from then on. Throws {@link StoredDataError}.
 */
export function formatStored<Schema extends z.ZodType>(
  schema: Schema,
  value: z.infer<Schema>,
  what: string,
): string {
  if (!certainlyFits(schema, value)) refuseUnreadable(schema, value, what);
  return JSON.stringify({ format: recordFormat, ...(value as object) });
}

function refuseUnreadable(schema: z.ZodType, value: unknown, what: string): void {
  const checked = keepingUnknownFields(schema).safeParse(value);
  if (checked.success) return;
  throw new StoredDataError(`${what} is not written: it could not be read again`, {
    cause: checked.error,
  });
}

/** Redis holds records that this version of Pawl cannot work with. */
export class RecordFormatError extends Error {
  override readonly name = 'RecordFormatError';
}

/**
 * Refuses a Redis that needs a newer version of Pawl, and says what it needs from now on. Throws
 * {@link RecordFormatError}.
 */
export async function ensureRecordFormat(redis: RedisConnection, keys: Keys): Promise<void> {
  // A sorted set, since of two services that start at once the higher need has to stand.
  const key = keys.recordFormat();
  await redis.zadd(key, 'GT', oldestNeighbour, neededMember);
  const needed = Number((await redis.zscore(key, neededMember)) ?? oldestNeighbour);
  if (needed <= recordFormat) return;
  throw new RecordFormatError(
    `This Redis needs a version of Pawl that reads record format ${needed} or later, and this one reads up to ` +
      `${recordFormat}: a newer version works with it. Start that version, or use another Redis.`,
  );
}

const neededMember = 'needed';
