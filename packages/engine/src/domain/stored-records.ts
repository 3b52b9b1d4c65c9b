/** A record in Redis cannot be read: it is damaged, or holds what no version of Pawl has written. */
export class StoredDataError extends Error {
  override readonly name: string = 'StoredDataError';
}

/** A newer version of Pawl has written the record, in a form that this one does not know: it is left as it is. */
export class NewerRecordError extends StoredDataError {
  override readonly name = 'NewerRecordError';
}

/** True for a record that no version can read: it has to be quarantined. */
export function isDamagedRecord(error: unknown): error is StoredDataError {
  return error instanceof StoredDataError && !(error instanceof NewerRecordError);
}

/** What is read; undefined where that is a record that cannot be read here. */
export async function unlessUnreadable<Found>(reading: Promise<Found>): Promise<Found | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof StoredDataError) return undefined;
    throw error;
  }
}
