import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { createPlainSchemas } from './plain-schemas.ts';

export interface SchemaProblem {
  /** Where in the value, as a JSON pointer without its first slash; empty for the value itself. */
  readonly path: string;
  /** What is wrong there, such as `must be string`. */
  readonly message: string;
}

export type SchemaVerdict =
  | { readonly kind: 'valid' }
  /** At most five problems. */
  | { readonly kind: 'invalid'; readonly problems: readonly SchemaProblem[] }
  /**
   * Nothing is known of the value. `unusable_schema`: the schema can't be compiled. `too_large`: the schema or the value
   * is. `out_of_bounds`: the check took too long or too much memory, or did so before.
   */
  | {
      readonly kind: 'unchecked';
      readonly reason: 'unusable_schema' | 'too_large' | 'out_of_bounds';
    };

export interface SchemaChecker {
  /** Checks a JSON value against a JSON schema, whoever wrote the two. Never throws, and always ends. */
  check(schema: unknown, value: unknown): Promise<SchemaVerdict>;
  /** Ends the thread. Checks that are open end as `unchecked`. */
  close(): Promise<void>;
}

export interface SchemaCheckerSettings {
  /** How long one check may take, in ticks of a tenth of a second. */
  readonly ticks?: number;
  /** How many characters of JSON a schema, and a value, may have. */
  readonly maxCharacters?: number;
}

interface Check {
  readonly schema: string;
  readonly value: string;
  readonly resolve: (verdict: SchemaVerdict) => void;
}

const tickMilliseconds = 100;
/** Schemas that are remembered as too costly, and for how long, in milliseconds. */
const rememberedSchemas = 1_000;
const rememberedFor = 600_000;

/** Of JSON: a longer value is checked in the thread, whatever its schema. */
const plainCharacters = 20_000;

const outOfBounds: SchemaVerdict = { kind: 'unchecked', reason: 'out_of_bounds' };

/**
 * Checks values against foreign schemas in a thread, one at a time, and ends the thread when a check takes too long or
 * too much memory. That bounds everything that a schema can cost: patterns that backtrack, `uniqueItems` on long arrays,
 * references that multiply, compiling. A regular-expression engine without backtracking would bound the first of these
 * alone. A plain schema, whose check takes no longer than reading the value, is checked here, at once.
 *
 * Time is counted in ticks of this process's own timer, not by the clock: a machine that stands still makes no check
 * fail.
 */
export function createSchemaChecker({
  ticks = 15,
  maxCharacters = 2_000_000,
}: SchemaCheckerSettings = {}): SchemaChecker {
  const plain = createPlainSchemas();
  const waiting: Check[] = [];
  const costly = new Map<string, number>();
  let thread: Worker | undefined;
  let isReady = false;
  let isClosed = false;
  let current: Check | undefined;
  let timer: NodeJS.Timeout | undefined;

  function startThread(): Worker {
    const started = new Worker(new URL('../threads/check-schemas.mjs', import.meta.url), {
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32 },
    });
    started.on('message', (message: SchemaVerdict | 'ready') => {
      if (started !== thread) return;
      if (message === 'ready') isReady = true;
      else settle(message);
      next();
    });
    // Out of memory, or the thread could not be started.
    started.on('error', () => {
      if (started === thread) giveUp();
    });
    started.on('exit', () => {
      if (started === thread) giveUp();
    });
    return started;
  }

  function next(): void {
    if (current !== undefined || isClosed) return;
    if (waiting.length === 0) {
      thread?.unref();
      return;
    }
    thread ??= startThread();
    thread.ref();
    // The time that a thread takes to start is not the check's.
    if (!isReady) return;
    current = waiting.shift();
    if (current === undefined) return;
    const { schema, value } = current;
    let left = ticks;
    timer = setInterval(() => {
      left -= 1;
      if (left <= 0) giveUp();
    }, tickMilliseconds);
    thread.postMessage({ schema, value });
  }

  function settle(verdict: SchemaVerdict): void {
    clearInterval(timer);
    const settled = current;
    current = undefined;
    settled?.resolve(verdict);
  }

  /** Ends the thread with the check that it is at, and goes on with a new one. */
  function giveUp(): void {
    const ended = thread;
    const started = isReady;
    thread = undefined;
    isReady = false;
    void ended?.terminate();
    if (current !== undefined) {
      remember(current.schema);
      settle(outOfBounds);
    } else if (!started) {
      // It does not start at all: nobody waits for that.
      for (const { resolve } of waiting.splice(0)) resolve(outOfBounds);
    }
    next();
  }

  function remember(schema: string): void {
    costly.set(digest(schema), Date.now() + rememberedFor);
    const [oldest] = costly.keys();
    if (costly.size > rememberedSchemas && oldest !== undefined) costly.delete(oldest);
  }

  return {
    async check(schema, value) {
      const valueText = textOf(value);
      if (valueText !== undefined && valueText.length <= plainCharacters) {
        const verdict = plain.check(schema, value);
        if (verdict !== undefined) return verdict;
      }
      const schemaText = textOf(schema);
      if (schemaText === undefined || valueText === undefined) {
        return { kind: 'unchecked', reason: 'unusable_schema' };
      }
      if (Math.max(schemaText.length, valueText.length) > maxCharacters) {
        return { kind: 'unchecked', reason: 'too_large' };
      }
      if (isClosed || (costly.get(digest(schemaText)) ?? 0) > Date.now()) return outOfBounds;
      return new Promise((resolve) => {
        waiting.push({ schema: schemaText, value: valueText, resolve });
        next();
      });
    },
    async close() {
      isClosed = true;
      const ended = thread;
      thread = undefined;
      settle(outOfBounds);
      for (const { resolve } of waiting.splice(0)) resolve(outOfBounds);
      await ended?.terminate();
    },
  };
}

/** Undefined where it is no JSON, or nested more deeply than a stack holds. */
function textOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
