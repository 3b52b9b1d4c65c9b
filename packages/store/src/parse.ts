import type { z } from 'zod';

/** What Redis holds, or is to hold, is not what it should be: damaged, or of a version that is not compatible. */
export class StoredDataError extends Error {
  override readonly name = 'StoredDataError';
}

/** What comes out of Redis is parsed like what comes from outside. Throws {@link StoredDataError}. */
export function parseStored<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  what: string,
): z.infer<Schema> {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new StoredDataError(`${what} in Redis cannot be read`, { cause: error });
  }
}

/**
 * The text of a state that goes into Redis. What could not be read again is refused here, where it costs one request,
 * and not at every read from then on. Throws {@link StoredDataError}.
 */
export function formatStored<Schema extends z.ZodType>(
  schema: Schema,
  value: z.infer<Schema>,
  what: string,
): string {
  const checked = schema.safeParse(value);
  if (!checked.success) {
    throw new StoredDataError(`${what} is not written: it could not be read again`, {
      cause: checked.error,
    });
  }
  return JSON.stringify(value);
}
