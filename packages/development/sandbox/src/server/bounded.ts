/** A map that forgets its oldest entries above a bound. */
export interface BoundedMap<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): boolean;
  values(): Value[];
  clear(): void;
}

export function createBoundedMap<Value>(bound: number): BoundedMap<Value> {
  const entries = new Map<string, Value>();
  return {
    get: (key) => entries.get(key),
    set(key, value) {
      entries.set(key, value);
      if (entries.size <= bound) return;
      const oldest = entries.keys().next();
      if (!oldest.done) entries.delete(oldest.value);
    },
    delete: (key) => entries.delete(key),
    values: () => [...entries.values()],
    clear: () => entries.clear(),
  };
}

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
