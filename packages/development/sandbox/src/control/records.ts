import { createHash } from 'node:crypto';
import type { JsonObject } from '@bufbuild/protobuf';
import { createBoundedRecord, type BoundedRecord } from '../server/bounded.ts';

/** A tool call that changed something (performed for real on the sandbox's data). */
export interface Effect {
  /** The same for equal calls of one run: `count` above 1 means that one was repeated. */
  readonly key: string;
  readonly tool: string;
  readonly identifier: string;
  readonly connection: string;
  readonly arguments: JsonObject;
  readonly agentRunId: string | undefined;
  readonly executionId: string;
  /** ISO 8601. */
  readonly time: string;
}

/** Every arrival of `ExecuteTool`, also those that failed. */
export interface ToolRequest {
  readonly tool: string;
  readonly identifier: string | undefined;
  readonly connection: string | undefined;
  readonly arguments: JsonObject;
  readonly agentRunId: string | undefined;
  readonly time: string;
  /** Whether the tool ran: a tool that reads runs without being an effect. */
  performed: boolean;
  /** `pending` while it is being handled or held. */
  outcome: 'pending' | 'answered' | 'failed';
  error: string | undefined;
}

/** Every arrival at `/v1/chat/completions`. */
export interface ModelRequest {
  model: string;
  prompt: string;
  readonly messageCount: number;
  toolNames: string[];
  /** Which answer to this prompt it asks for, from 0. */
  turn: number;
  readonly stream: boolean;
  /** The body as it came, where it is not over 64 KiB. */
  readonly body: unknown;
  readonly headers: Record<string, string>;
  readonly time: string;
  status: number | undefined;
  answered: boolean;
}

export interface Records {
  readonly effects: BoundedRecord<Effect>;
  /** How often each effect was performed, by key, for the newest keys. */
  effectCounts(): Record<string, number>;
  countEffect(effect: Effect): void;
  readonly toolRequests: BoundedRecord<ToolRequest>;
  readonly modelRequests: BoundedRecord<ModelRequest>;
  clear(): void;
}

const mostKeptArguments = 64 * 1024;

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, canonical(inner)]));
}

/** Equal for equal calls: same tool, account, arguments and agent run. */
export function effectKey(
  effect: Pick<Effect, 'tool' | 'identifier' | 'connection' | 'agentRunId' | 'arguments'>,
) {
  const exact = JSON.stringify([effect.agentRunId ?? '', canonical(effect.arguments)]);
  const digest = createHash('sha256').update(exact).digest('hex').slice(0, 16);
  return `${effect.identifier}/${effect.connection}/${effect.tool}/${digest}`;
}

/** Arguments as they are recorded: left out where they are very long. */
export function keptArguments(value: JsonObject): JsonObject {
  const length = JSON.stringify(value).length;
  return length <= mostKeptArguments ? value : { sandbox_left_out_characters: length };
}

/** `bound` is how many entries each list keeps. */
export function createRecords(bound: number): Records {
  const effects = createBoundedRecord<Effect>(bound);
  const toolRequests = createBoundedRecord<ToolRequest>(bound);
  const modelRequests = createBoundedRecord<ModelRequest>(bound);
  const counts = new Map<string, number>();
  return {
    effects,
    toolRequests,
    modelRequests,
    effectCounts: () => Object.fromEntries(counts),
    countEffect(effect) {
      effects.add(effect);
      counts.set(effect.key, (counts.get(effect.key) ?? 0) + 1);
      if (counts.size <= bound) return;
      const oldest = counts.keys().next();
      if (!oldest.done) counts.delete(oldest.value);
    },
    clear() {
      for (const record of [effects, toolRequests, modelRequests]) record.clear();
      counts.clear();
    },
  };
}
