import type { IdempotencyWrite } from '../ports.ts';
import type { Engine } from './dependencies.ts';

/** The Idempotency-Key under which something is asked for, as it was found before. */
export type UnderKey = Omit<IdempotencyWrite, 'made'>;

/**
 * After a commit whose fences did not hold: whether that was since another request under the same key was first. Then
 * it has made what this one asks for, and this one must not go on.
 */
export async function isKeyTaken(
  { store }: Engine,
  underKey: UnderKey | undefined,
): Promise<boolean> {
  if (underKey === undefined) return false;
  const { tenant, key, replaces } = underKey;
  const record = await store.readIdempotencyRecord(tenant, key);
  return (record?.replaces ?? null) !== replaces;
}
