/** A list that keeps the newest entries and counts all. */
export interface BoundedRecord<Entry> {
  add(entry: Entry): void;
  /** Oldest first. */
  list(): Entry[];
  /** How many there were, kept or not. */
  total(): number;
  clear(): void;
}

export function createBoundedRecord<Entry>(bound: number): BoundedRecord<Entry> {
  let entries: Entry[] = [];
  let total = 0;
  return {
    add(entry) {
      total += 1;
      entries.push(entry);
      // Dropping half at a time keeps adding cheap.
      if (entries.length > bound * 2) entries = entries.slice(-bound);
    },
    list: () => entries.slice(-bound),
    total: () => total,
    clear() {
      entries = [];
      total = 0;
    },
  };
}
