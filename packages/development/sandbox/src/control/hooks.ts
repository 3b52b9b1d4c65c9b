import type { JsonObject } from '@bufbuild/protobuf';

/**
 * The moments at which a harness can step in. A listener that waits holds the call.
 * - `tool.before_effect`: the call is valid and allowed; nothing has happened yet.
 * - `tool.after_effect`: the tool has run; its answer is not sent yet.
 * - `model.before_answer`: a valid request has come in; nothing is decided yet.
 * - `model.after_answer`: the answer is made and recorded; it is not sent yet.
 */
export type HookPoint =
  | 'tool.before_effect'
  | 'tool.after_effect'
  | 'model.before_answer'
  | 'model.after_answer';

export type HookListener<Call> = (call: Call) => void | Promise<void>;

export interface Hooks<Calls extends Record<HookPoint, unknown>> {
  /** Returns a function that takes the listener away again. */
  on<Point extends HookPoint>(point: Point, listener: HookListener<Calls[Point]>): () => void;
  /** Runs the listeners one after another and waits for them. */
  run<Point extends HookPoint>(point: Point, call: Calls[Point]): Promise<void>;
  clear(): void;
}

export function createHooks<Calls extends Record<HookPoint, unknown>>(): Hooks<Calls> {
  type Registered = { point: HookPoint; listener: HookListener<never> };
  const registered = new Set<Registered>();
  return {
    on(point, listener) {
      const entry = { point, listener: listener as HookListener<never> };
      registered.add(entry);
      return () => registered.delete(entry);
    },
    async run(point, call) {
      for (const entry of registered) {
        if (entry.point === point) await entry.listener(call as never);
      }
    },
    clear: () => registered.clear(),
  };
}

/** A tool call in the hands of a hook. */
export interface HookedToolCall {
  readonly tool: string;
  readonly identifier: string;
  readonly connection: string;
  readonly arguments: JsonObject;
  readonly agentRunId: string | undefined;
  readonly writes: boolean;
  readonly executionId: string;
}

/** A model call in the hands of a hook: the body as it came. */
export interface HookedModelCall {
  readonly model: string;
  readonly prompt: string;
  readonly turn: number;
  readonly body: Record<string, unknown>;
}

export interface HookedCalls {
  readonly 'tool.before_effect': HookedToolCall;
  readonly 'tool.after_effect': HookedToolCall;
  readonly 'model.before_answer': HookedModelCall;
  readonly 'model.after_answer': HookedModelCall;
}

export type SandboxHooks = Hooks<HookedCalls>;
