import { Code } from '@connectrpc/connect';
import { z } from 'zod';
import { oddReplyNames } from '../model/odd-replies.ts';

/** `Unavailable` and the like: an enum of numbers has its names among its keys. */
const grpcCodes = Object.keys(Code).filter((name): name is keyof typeof Code => /^\D/.test(name));

/**
 * What goes wrong.
 * - `http_status` answers that status: on an RPC too, in place of a gRPC answer.
 * - `quota_exhausted` is the model endpoint's 429 `free_quota_exceeded`; `resetAt` is ISO 8601,
 *   the next midnight UTC by default.
 * - `rate_limited` is the model endpoint's 429 with Retry-After, which says that it is about the model's whole
 *   provider, or about this model alone.
 * - `grpc_status` fails an RPC, as the tool's own error where `toolErrorCode` is given.
 * - `hang` holds the call until it is released, the client leaves or the sandbox closes.
 * - `delay` waits, then goes on as usual.
 * - `drop_connection` destroys the socket; `reset_stream` resets an RPC's HTTP/2 stream only.
 * - `bad_arguments` spoils the JSON of the model's tool calls; `error_in_success` and `no_choices`
 *   are 200 answers of a model endpoint that carry no completion.
 * - `odd_reply` sends the model's answer in one of the ways of `oddReplies`; streams stay as they are.
 * - `oversize_answer` is a success of that many bytes: a completion, or any RPC's message.
 * - `deep_answer` is a tool's result that is nested so many levels.
 * - `unasked_continue` sends `100 Continue` first, which nobody asked for, then goes on as usual.
 */
export const faultEffectSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('http_status'),
    status: z.int().min(400).max(599),
    retryAfterSeconds: z.number().min(0).optional(),
    code: z.string().optional(),
    message: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal('quota_exhausted'), resetAt: z.iso.datetime().optional() }),
  z.strictObject({
    kind: z.literal('rate_limited'),
    scope: z.enum(['provider', 'model']),
    retryAfterSeconds: z.number().min(0),
  }),
  z.strictObject({
    kind: z.literal('grpc_status'),
    code: z.enum(grpcCodes),
    toolErrorCode: z.string().min(1).optional(),
    message: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal('hang') }),
  z.strictObject({ kind: z.literal('delay'), milliseconds: z.number().min(0).max(600_000) }),
  z.strictObject({ kind: z.literal('drop_connection') }),
  z.strictObject({ kind: z.literal('reset_stream') }),
  z.strictObject({ kind: z.literal('bad_arguments') }),
  z.strictObject({ kind: z.literal('error_in_success'), message: z.string().optional() }),
  z.strictObject({ kind: z.literal('no_choices') }),
  z.strictObject({ kind: z.literal('odd_reply'), oddity: z.enum(oddReplyNames) }),
  z.strictObject({
    kind: z.literal('oversize_answer'),
    bytes: z.int().min(1).max(1_000_000_000),
    compressed: z.boolean().default(false),
  }),
  z.strictObject({ kind: z.literal('deep_answer'), levels: z.int().min(1).max(1_000) }),
  z.strictObject({ kind: z.literal('unasked_continue') }),
]);

/** Every condition that is given must hold. */
export const faultMatchSchema = z.strictObject({
  /** `token`, `model`, `models`, `proxy`, or an RPC's name such as `ExecuteTool`. */
  operation: z.string().min(1).optional(),
  tool: z.string().optional(),
  identifier: z.string().optional(),
  connection: z.string().optional(),
  /** An account's or an agent run's id, as the call carries it. */
  agentRunId: z.string().optional(),
  model: z.string().optional(),
  /** The part of the model's name before its slash. */
  provider: z.string().optional(),
  promptIncludes: z.string().optional(),
  argumentsInclude: z.string().optional(),
});

/**
 * A fault for matching calls: the next one, the next `times`, or `always`. With `after-effect`
 * the tool has had its effect (the model has made its answer) before the fault strikes.
 */
export const faultSchema = z.strictObject({
  match: faultMatchSchema.default({}),
  times: z.union([z.int().min(1), z.literal('always')]).default(1),
  when: z.enum(['before-effect', 'after-effect']).default('before-effect'),
  effect: faultEffectSchema,
});

export type FaultEffect = z.infer<typeof faultEffectSchema>;
export type FaultMatch = z.infer<typeof faultMatchSchema>;
export type FaultInput = z.input<typeof faultSchema>;
export type Fault = z.infer<typeof faultSchema>;

/** What is known of a call when faults are looked for. */
export interface CallDescription {
  readonly operation: string;
  readonly tool?: string;
  readonly identifier?: string;
  readonly connection?: string;
  readonly agentRunId?: string;
  readonly model?: string;
  readonly provider?: string;
  readonly prompt?: string;
  readonly argumentsText?: string;
}

/** Whether a call meets every condition given. */
function matchesCall(match: FaultMatch, call: CallDescription): boolean {
  const { promptIncludes, argumentsInclude, ...exact } = match;
  const equal = Object.entries(exact).every(
    ([key, value]) => value === undefined || call[key as keyof CallDescription] === value,
  );
  return (
    equal &&
    (promptIncludes === undefined || (call.prompt ?? '').includes(promptIncludes)) &&
    (argumentsInclude === undefined || (call.argumentsText ?? '').includes(argumentsInclude))
  );
}

const mostFaults = 1_000;

export type ListedFault = Fault & { id: string; struck: number };

/** The faults that are switched on. */
export interface FaultList {
  /** Returns the fault's id. Throws a ZodError where the fault is malformed. */
  add(fault: FaultInput): string;
  list(): ListedFault[];
  /** Switches one off, or all. */
  clear(id?: string): void;
  /** The first fault that matches the call, counted as struck. */
  take(call: CallDescription): Fault | undefined;
}

export function createFaultList(): FaultList {
  let faults: ListedFault[] = [];
  let nextNumber = 1;
  return {
    add(input) {
      if (faults.length >= mostFaults)
        throw new Error(`more than ${mostFaults} faults: clear some`);
      const id = `fault_${nextNumber}`;
      nextNumber += 1;
      faults.push({ ...faultSchema.parse(input), id, struck: 0 });
      return id;
    },
    list: () => faults.map((fault) => ({ ...fault })),
    clear(id) {
      faults = id === undefined ? [] : faults.filter((fault) => fault.id !== id);
    },
    take(call) {
      const fault = faults.find((each) => matchesCall(each.match, call));
      if (fault === undefined) return undefined;
      fault.struck += 1;
      if (fault.times !== 'always' && fault.struck >= fault.times) {
        faults = faults.filter((each) => each !== fault);
      }
      return fault;
    },
  };
}

export interface HeldCall extends CallDescription {
  readonly id: string;
}

/** Calls that a `hang` holds. */
export interface Holds {
  /** Waits until the call is released (`released`), or its client leaves or the sandbox closes. */
  hold(call: CallDescription, signal: AbortSignal): Promise<'released' | 'left'>;
  list(): HeldCall[];
  /** Lets held calls go on; returns how many. */
  release(match?: FaultMatch): number;
  /** Ends every hold as if its client had left. */
  close(): void;
}

export function createHolds(): Holds {
  const held = new Map<
    string,
    { call: CallDescription; end: (how: 'released' | 'left') => void }
  >();
  let nextNumber = 1;
  let closed = false;
  return {
    hold(call, signal) {
      if (closed || signal.aborted) return Promise.resolve('left');
      const id = `hold_${nextNumber}`;
      nextNumber += 1;
      return new Promise((resolve) => {
        const leave = () => end('left');
        const end = (how: 'released' | 'left') => {
          held.delete(id);
          signal.removeEventListener('abort', leave);
          resolve(how);
        };
        signal.addEventListener('abort', leave);
        held.set(id, { call, end });
      });
    },
    list: () => [...held].map(([id, { call }]) => ({ id, ...call })),
    release(match = {}) {
      const matching = [...held.values()].filter(({ call }) => matchesCall(match, call));
      for (const { end } of matching) end('released');
      return matching.length;
    },
    close() {
      closed = true;
      for (const { end } of held.values()) end('left');
    },
  };
}
