import type { z } from 'zod';

/** What Redis holds is not what it should be: damaged, or written by a version that is not compatible. */
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
