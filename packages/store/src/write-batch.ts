import { newSecret } from '@pawl/contracts';

/** The keys, fences and writes of one run of `commit.lua`. */
export interface WriteBatch {
  /** The commit is refused unless the hash field has this value; null: unless it does not exist. */
  fence(key: string, field: string, expected: string | null): void;
  write(command: string, key: string, ...values: (string | number)[]): void;
  publish(channel: string, message: string): void;
  /** The arguments of the script. */
  build(): { keys: string[]; values: (string | number)[] };
}

export function createWriteBatch(): WriteBatch {
  const name = newSecret();
  const positions = new Map<string, number>();
  const fences: (string | number)[] = [];
  const writes: (string | number)[] = [];
  const positionOf = (key: string): number => {
    const position = positions.get(key) ?? positions.size + 1;
    positions.set(key, position);
    return position;
  };
  return {
    fence(key, field, expected) {
      fences.push(positionOf(key), field, expected ?? '');
    },
    write(command, key, ...values) {
      writes.push(command, positionOf(key), values.length, ...values);
    },
    publish(channel, message) {
      writes.push('PUBLISH', 0, 2, channel, message);
    },
    build() {
      return {
        keys: [...positions.keys()],
        values: [name, fences.length / 3, ...fences, ...writes],
      };
    },
  };
}
