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
  const message = choices.map(({ delta }) => membersOf(delta)).reduce(joinDeltas, {});
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

/** Texts are continued; of what else comes, the last says how it is. */
function joinDeltas(before: Members, delta: Members): Members {
  const joined = Object.entries(delta)
    .filter(([, value]) => value !== null)
    .map(([name, value]): [string, unknown] => {
      if (name === 'tool_calls') return [name, joinCalls(before[name], value)];
      if (name === 'function_call') return [name, joinFunction(before[name], value)];
      if (name === 'role') return [name, value];
      return [name, continued(before[name], value)];
    });
  return { ...before, ...Object.fromEntries(joined) };
}

/** The pieces of a call carry its `index`; its id and its name come once. */
function joinCalls(before: unknown, pieces: unknown): unknown {
  if (!Array.isArray(pieces)) return before ?? pieces;
  const calls: Members[] = Array.isArray(before) ? before.map(membersOf) : [];
  for (const piece of pieces.map(membersOf)) {
    const place = calls.findIndex(({ index }) => index !== undefined && index === piece['index']);
    const known = calls[place];
    if (known === undefined) calls.push(piece);
    else calls[place] = { ...known, function: joinFunction(known['function'], piece['function']) };
  }
  return calls;
}

function joinFunction(before: unknown, piece: unknown): Members {
  const [known, more] = [membersOf(before), membersOf(piece)];
  return {
    ...more,
    ...known,
    arguments: continued(known['arguments'] ?? undefined, more['arguments'] ?? undefined),
  };
}

function continued(before: unknown, more: unknown): unknown {
  if (typeof before === 'string' && typeof more === 'string') return before + more;
  if (Array.isArray(before) && Array.isArray(more)) return [...before, ...more];
  return more ?? before;
}
