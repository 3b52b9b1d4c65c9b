import { randomToken } from '@pawl/contracts';

/** The keys, fences and writes of one run of `commit.lua`. */
export interface WriteBatch {
  /** Names this run of the script among those that change the first key. */
  readonly commitId: string;
  /** The commit is refused unless the newest one of the first key has this id. */
  follow(commitId: string): void;
  /** The commit is refused unless the hash field has this value; null: unless it does not exist. */
  fence(key: string, field: string, expected: string | null): void;
  /** The commit is refused unless the sorted set has fewer than `below` members from the lowest score on. */
  bound(key: string, lowest: number | '-inf', below: number): void;
  write(command: string, key: string, ...values: (string | number)[]): void;
  publish(channel: string, message: string): void;
  /** Adds to a row of a hash of counters and to its sums, and lists the hash where the row is its first. */
  addToRow(key: string, row: RowAddition): void;
  /** Numbers events of a job, and adds them to its log and to its tenant's. */
  addEvents(job: string, log: TenantLog, events: readonly string[]): void;
  /** Counts the job under this name, and no longer under another; '' under none. */
  countAs(job: string, counts: string, name: string): void;
  /** Has it written while memory is full, too: only what frees memory or ends work may ask for that. */
  allowFullMemory(): void;
  /** The arguments of the script. */
  build(tasks?: TaskWords): { keys: string[]; values: (string | number)[] };
}

/** Operations on tasks, as the script takes them. */
export interface TaskWords {
  /** The shard's hash tag. */
  readonly tag: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Before anything is written: the last one has to start a task, or else nothing is written. */
  readonly before: readonly (string | number)[];
  /** When everything is written. */
  readonly after: readonly (string | number)[];
}

/** What is added to a row, and where what has it is listed. */
interface RowAddition {
  readonly row: string;
  /** The row that takes what is beyond the most rows. */
  readonly rest: string;
  readonly mostRows: number;
  /** Its expiry, in seconds since 1970, is the hash's as well. */
  readonly list: { readonly key: string; readonly member: string; readonly expiry: number };
  readonly user: string;
  /** Pairs of a field's first part and a number. */
  readonly amounts: readonly (string | number)[];
  /** Pairs of a field that belongs to no row and a number. */
  readonly sums: readonly (string | number)[];
}

/** The log to which the events of a tenant's jobs go, in one shard. */
interface TenantLog {
  readonly key: string;
  /** Whom the events concern, as JSON. */
  readonly subject: string;
  /** How many entries are kept, about. */
  readonly count: number;
  /** For how long they are kept, about, in milliseconds. */
  readonly age: number;
}

/** As commit.lua keeps them, in characters: 72 random bits. */
export const commitIdLength = 12;

export function createWriteBatch(): WriteBatch {
  const commitId = randomToken().slice(0, commitIdLength);
  const positions = new Map<string, number>();
  const fencesOfFirst: { readonly field: string; readonly expected: string }[] = [];
  const fences: (string | number)[] = [];
  const bounds: (string | number)[] = [];
  const setInFirst: (string | number)[] = [];
  const writes: (string | number)[] = [];
  let mayFill = false;
  let followed = '';
  /** What is set in the first key is written before everything else: only until something else is done with it. */
  let isFirstOpen = true;
  const positionOf = (key: string): number => {
    const known = positions.get(key);
    if (known !== undefined) return known;
    positions.set(key, positions.size + 1);
    return positions.size;
  };
  const put = (command: string, position: number, values: readonly (string | number)[]): void => {
    if (command === 'HSET' && position === 1 && isFirstOpen && setInFirst.length < mostValues) {
      setInFirst.push(...values);
    } else {
      isFirstOpen &&= position !== 1 && command !== 'STOP_IF_EXISTS';
      writes.push(command, position, values.length, ...values);
    }
  };
  return {
    commitId,
    follow(id) {
      followed = id;
    },
    fence(key, field, expected) {
      const position = positionOf(key);
      if (position === 1) fencesOfFirst.push({ field, expected: expected ?? '' });
      else fences.push(position, field, expected ?? '');
    },
    bound(key, lowest, below) {
      bounds.push(positionOf(key), lowest, below);
    },
    write(command, key, ...values) {
      refuseUnusable(values, command, key);
      const position = positionOf(key);
      if (values.length <= mostValues) {
        put(command, position, values);
        return;
      }
      for (const part of partsOf(command, values)) put(command, position, part);
    },
    publish(channel, message) {
      writes.push('PUBLISH', 0, 2, channel, message);
    },
    addToRow(key, { row, rest, mostRows, list, user, amounts, sums }) {
      const listed = [positionOf(list.key), list.member, list.expiry];
      const words = [row, rest, mostRows, ...listed, user, amounts.length, ...amounts, ...sums];
      refuseUnusable(words, 'ADD_TO_ROW', key);
      writes.push('ADD_TO_ROW', positionOf(key), words.length, ...words);
    },
    addEvents(job, { key, subject, count, age }, events) {
      const log = positionOf(key);
      writes.push('ADD_EVENTS', positionOf(job), 4 + events.length, log, subject, count, age);
      writes.push(...events);
    },
    countAs(job, counts, name) {
      writes.push('COUNT_AS', positionOf(job), 2, positionOf(counts), name);
    },
    allowFullMemory() {
      mayFill = true;
    },
    build(tasks) {
      const changes = tasks && tasks.before.length + tasks.after.length > 0 ? tasks : undefined;
      const head: (string | number)[] = [
        commitId,
        fencesOfFirst.length,
        fences.length / 3,
        bounds.length / 3,
        mayFill ? '1' : '',
        followed,
        setInFirst.length,
        changes?.before.length ?? 0,
        changes?.after.length ?? 0,
        ...fencesOfFirst.map(({ field }) => field),
        ...fencesOfFirst.map(({ expected }) => expected),
      ];
      return {
        keys: [...positions.keys()],
        // Made at once: an array that is added to grows, and is copied with it.
        values: head.concat(fences, bounds, setInFirst, writes, wordsOf(changes)),
      };
    },
  };
}

function wordsOf(tasks: TaskWords | undefined): readonly (string | number)[] {
  return tasks === undefined ? [] : [tasks.tag, tasks.now, ...tasks.before, ...tasks.after];
}

/** Redis does not undo a script that fails in the middle. */
function refuseUnusable(values: readonly (string | number)[], command: string, key: string): void {
  const unusable = values.find(isUnusable);
  if (unusable !== undefined) throw new RangeError(`${command} ${key} cannot take ${unusable}`);
}

function isUnusable(value: string | number): boolean {
  return typeof value === 'number' && !Number.isFinite(value);
}

/** Lua passes some 8,000 arguments at most, and Redis does not undo a script that fails in the middle. */
const mostValues = 1_000;

function partsOf(
  command: string,
  values: readonly (string | number)[],
): (readonly (string | number)[])[] {
  if (command !== 'HSET' && command !== 'ZADD')
    throw new RangeError(`${command} takes ${mostValues} values at most`);
  return Array.from({ length: Math.ceil(values.length / mostValues) }, (_, part) =>
    values.slice(part * mostValues, (part + 1) * mostValues),
  );
}
