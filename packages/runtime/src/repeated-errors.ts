type Write = (fields: object, text: string) => void;

/** Where errors are told: a logger, or as much of one as this needs. */
interface ErrorLog {
  readonly warn: Write;
  readonly error: Write;
}

interface RepeatSettings {
  /** How long repetitions are counted before they are told, in milliseconds. */
  readonly interval?: number;
  readonly now?: () => number;
}

interface Told {
  readonly level: 'warn' | 'error';
  readonly fields: object;
  readonly text: string;
}

/** Different errors that are remembered at a time: an error whose text is always another one must not fill the memory. */
const mostKinds = 200;

interface Repetition {
  /** Of the newest line. */
  since: number;
  count: number;
  last: Told;
}

/**
 * The same logger for loops that may fail again and again: a warning or an error is logged once, then counted
 * ("repeated N times in S s"). Two are the same if they differ in nothing but numbers, ids and digests.
 */
export function countRepeats<Log extends ErrorLog>(
  log: Log,
  { interval = 30_000, now = () => performance.now() }: RepeatSettings = {},
): Log {
  const known = new Map<string, Repetition>();
  let timer: NodeJS.Timeout | undefined;

  function tellRepeated({ count, since, last: { level, fields, text } }: Repetition): void {
    const seconds = Math.round((now() - since) / 100) / 10;
    log[level](
      { ...fields, repeated: count, seconds },
      `${text} (repeated ${count} times in ${seconds} s)`,
    );
  }

  /** What was counted is told, and what has stopped is forgotten. */
  function flush(): void {
    for (const [kind, repetition] of known) {
      if (now() - repetition.since < interval) continue;
      if (repetition.count === 0) known.delete(kind);
      else {
        tellRepeated(repetition);
        repetition.since = now();
        repetition.count = 0;
      }
    }
    if (known.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  function tell(told: Told): void {
    const kind = kindOf(told);
    const repetition = known.get(kind);
    if (repetition !== undefined) {
      repetition.count += 1;
      repetition.last = told;
      flush();
      return;
    }
    log[told.level](told.fields, told.text);
    if (known.size >= mostKinds) known.delete([...known.keys()][0] ?? kind);
    known.set(kind, { since: now(), count: 0, last: told });
    timer ??= setInterval(flush, interval).unref();
  }

  return Object.assign(Object.create(log) as Log, {
    warn: (fields: object, text: string) => tell({ level: 'warn', fields, text }),
    error: (fields: object, text: string) => tell({ level: 'error', fields, text }),
  });
}

function kindOf({ fields, text }: Told): string {
  const error: unknown = 'err' in fields ? fields.err : undefined;
  const reason = error instanceof Error ? `${error.name} ${error.message}` : '';
  const same = reason.slice(0, 300).replace(/\b[0-9a-f]{16,}\b|\b[a-z]+_\d+_[\w-]+|\d+/gi, '#');
  return `${text} ${same}`;
}
