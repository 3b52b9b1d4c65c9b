import { isObject, membersOf } from '../read-json.ts';

/** What no endpoint sends: a stream that does not say how it ends was broken off. */
const brokenOff = 'stream broken off';

type Members = Readonly<Record<string, unknown>>;

/**
 * The completion that a stream's events add up to. An event that is a whole completion, or an error, stands for itself.
 */
export function joinChunks(events: readonly Members[]): Members {
  const failed = events.find(({ error }) => isObject(error) || typeof error === 'string');
  const whole = events.find((event) => 'message' in firstChoice(event));
  const usage = events.findLast((event) => isObject(event['usage']))?.['usage'];
  const told = usage === undefined ? {} : { usage };
  if (failed !== undefined) return { ...told, ...failed };
  if (whole !== undefined) return { ...told, ...whole };
  const choices = events.map(firstChoice);
  const finishReason = choices.findLast(({ finish_reason: reason }) => (reason ?? '') !== '')?.[
    'finish_reason'
  ];
  const message = joinDeltas(choices.map(({ delta }) => membersOf(delta)));
  return {
    ...events[0],
    ...told,
    choices:
      Object.keys(message).length === 0
        ? []
        : [{ index: 0, message, finish_reason: finishReason ?? brokenOff }],
  };
}

function firstChoice({ choices }: Members): Members {
  return Array.isArray(choices) ? membersOf(choices[0]) : {};
}

/**
 * Texts are continued, and lists are lengthened; of what else comes, the last says how it is. It changes what it
 * makes: a body can be tens of thousands of pieces, and copying each time what there is takes the square of that.
 */
function joinDeltas(deltas: readonly Members[]): Members {
  const joined = new Map<string, unknown>();
  const calls = new Map<unknown, Record<string, unknown>>();
  for (const delta of deltas) {
    for (const [name, value] of Object.entries(delta)) {
      if (value === null) continue;
      if (name === 'tool_calls' && Array.isArray(value))
        value.forEach((piece) => joinCall(calls, piece));
      else if (name === 'function_call') joined.set(name, joinFunction(joined.get(name), value));
      else joined.set(name, name === 'role' ? value : continued(joined.get(name), value));
    }
  }
  if (calls.size > 0) joined.set('tool_calls', [...calls.values()]);
  return Object.fromEntries(joined);
}

/** The pieces of a call carry its `index`; its id and its name come once. */
function joinCall(calls: Map<unknown, Record<string, unknown>>, piece: unknown): void {
  const call = membersOf(piece);
  // Without an index it is a whole call.
  const place = call['index'] ?? Symbol('whole call');
  const known = calls.get(place);
  if (known === undefined) calls.set(place, { ...call });
  else known['function'] = joinFunction(known['function'], call['function']);
}

function joinFunction(before: unknown, piece: unknown): Members {
  const [known, more] = [membersOf(before), membersOf(piece)];
  return {
    name: known['name'] ?? more['name'],
    arguments: continued(known['arguments'] ?? undefined, more['arguments'] ?? undefined),
  };
}

function continued(before: unknown, more: unknown): unknown {
  if (typeof before === 'string' && typeof more === 'string') return before + more;
  if (!Array.isArray(before) || !Array.isArray(more)) return more ?? before;
  for (const item of more) before.push(item);
  return before;
}
