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
