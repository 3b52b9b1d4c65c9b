/**
 * A Map for entries that come and go. Node.js keeps what a plain Map held when it was last rebuilt (it is rebuilt after
 * as many additions as it has entries): once the Map itself is old, all of that is garbage that only a full collection
 * finds, with everything that hangs on it. Here it is an empty box for each entry.
 */
export class ShortLivedMap<Key, Value> {
  readonly #boxes = new Map<Key, Box<Value>>();

  get size(): number {
    return this.#boxes.size;
  }

  has(key: Key): boolean {
    return this.#boxes.has(key);
  }

  get(key: Key): Value | undefined {
    return this.#boxes.get(key)?.value;
  }

  /** As in a Map, a key that is there keeps its place in the order. */
  set(key: Key, value: Value): this {
    const box = this.#boxes.get(key);
    if (box === undefined) this.#boxes.set(key, { value });
    else box.value = value;
    return this;
  }

  delete(key: Key): boolean {
    const box = this.#boxes.get(key);
    if (box !== undefined) box.value = undefined;
    return this.#boxes.delete(key);
  }

  clear(): void {
    for (const box of this.#boxes.values()) box.value = undefined;
    this.#boxes.clear();
  }

  /** The oldest first. */
  keys(): IterableIterator<Key> {
    return this.#boxes.keys();
  }

  /** The oldest first. */
  *values(): IterableIterator<Value> {
    for (const { value } of this.#boxes.values()) yield value as Value;
  }
}

/** The same for members: whoever adds one is given what removes it. */
export class ShortLivedSet<Value> {
  readonly #boxes = new Set<Box<Value>>();

  get size(): number {
    return this.#boxes.size;
  }

  add(value: Value): () => void {
    const box: Box<Value> = { value };
    this.#boxes.add(box);
    return () => {
      box.value = undefined;
      this.#boxes.delete(box);
    };
  }

  /** The oldest first. */
  *[Symbol.iterator](): IterableIterator<Value> {
    for (const { value } of this.#boxes) yield value as Value;
  }
}

interface Box<Value> {
  value: Value | undefined;
}
