import { createHash } from 'node:crypto';
import type { UnderKey } from '@pawl/engine';
import type { Request } from 'express';
import type { Gateway } from '../gateway.ts';
import { invalidField, ProblemError } from '../http/problem.ts';

export interface KeyedRequest {
  readonly tenant: string;
  /** Its Idempotency-Key, if it has one. */
  readonly key: string | undefined;
  readonly body: unknown;
}

export interface OnceUnderKey<Made> {
  /** What an earlier request under the key has made, as it is now; undefined where it is gone. */
  readonly find: (id: string) => Promise<Made | undefined>;
  /**
   * Checks, and makes it: with one commit that writes the key too, so that a refused request does not use it up.
   * Undefined: another request under the key was first.
   */
  readonly make: (underKey: UnderKey | undefined) => Promise<Made | undefined>;
}

/**
 * What a request asks for, made once under its Idempotency-Key: a request that is repeated is answered with what the
 * first one made, whatever would be said to it today.
 *
 * @throws ProblemError `idempotency_mismatch` when the key was used with another body; and what `make` throws.
 */
export async function onceUnderKey<Made>(
  { engine: { store } }: Gateway,
  { tenant, key, body }: KeyedRequest,
  { find, make }: OnceUnderKey<Made>,
): Promise<Made> {
  if (key === undefined) {
    const made = await make(undefined);
    if (made === undefined) throw new Error('a request without a key came second under it');
    return made;
  }
  const bodyHash = canonicalHash(body);

  async function look(key: string): Promise<{ earlier?: Made; underKey: UnderKey }> {
    const record = await store.readIdempotencyRecord(tenant, key);
    const underKey = { tenant, key, bodyHash, replaces: record?.replaces ?? null };
    if (record === undefined) return { underKey };
    if (record.bodyHash !== bodyHash) throw mismatch();
    const earlier = await find(record.made);
    return earlier === undefined ? { underKey } : { earlier, underKey };
  }

  for (;;) {
    const { earlier, underKey } = await look(key);
    if (earlier !== undefined) return earlier;
    try {
      const made = await make(underKey);
      if (made !== undefined) return made;
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      // It may be refused for what a request at the same moment has made under the key: a conversation is busy by that.
      const { earlier: meanwhile } = await look(key);
      if (meanwhile === undefined) throw error;
      return meanwhile;
    }
  }
}

function mismatch(): ProblemError {
  return new ProblemError(
    'idempotency_mismatch',
    'This Idempotency-Key came with another body before: use a new key for another job.',
  );
}

/**
 * The request's `Idempotency-Key`, if it has one.
 *
 * @throws ProblemError when it is not 1 to 255 visible ASCII characters.
 */
export function idempotencyKeyOf(request: Request): string | undefined {
  const key = request.get('Idempotency-Key');
  if (key === undefined) return undefined;
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw invalidField(
      'Idempotency-Key',
      'must be 1 to 255 visible ASCII characters, without spaces',
    );
  }
  return key;
}

/** The SHA-256 of a JSON value, the same for every order of its keys and every spacing. */
export function canonicalHash(value: unknown): string {
  const text = JSON.stringify(value, (_key, inner: unknown) =>
    isRecord(inner)
      ? Object.fromEntries(
          Object.entries(inner).toSorted(([one], [other]) => (one < other ? -1 : 1)),
        )
      : inner,
  );
  return createHash('sha256').update(text).digest('hex');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
