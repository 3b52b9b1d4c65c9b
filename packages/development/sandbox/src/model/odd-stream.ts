type Fields = Readonly<Record<string, unknown>>;

/**
 * An odd completion as the events of a stream, as an endpoint sends it that was asked for one: what its message holds
 * comes in one event, but for the second half of a text, with the end in the last. What is no completion, such as an
 * error, is an event of its own.
 */
export function streamOfOdd(body: unknown): string {
  return [...eventsOfOdd(body).map((event) => JSON.stringify(event)), '[DONE]']
    .map((data) => `data: ${data}\n\n`)
    .join('');
}

function eventsOfOdd(body: unknown): unknown[] {
  if (!isFields(body) || !Array.isArray(body['choices'])) return [body];
  const { choices, usage, ...shared } = body;
  const all: unknown[] = choices;
  if (!all.every((choice) => isFields(choice) && isFields(choice['message']))) return [body];
  const parts = all.filter(isFields).map((choice, index) => partsOfChoice(choice, index));
  const events = [parts.map(({ begin }) => begin), parts.map(({ end }) => end)];
  return [
    ...events.map((each) => ({ ...shared, object: 'chat.completion.chunk', choices: each })),
    ...('usage' in body ? [{ ...shared, choices: [], usage }] : []),
  ];
}

function partsOfChoice({ message, ...choice }: Fields, place: number) {
  const { content, tool_calls: calls, ...others } = message as Fields;
  const text = typeof content === 'string' ? content : undefined;
  const half = Math.ceil((text?.length ?? 0) / 2);
  const numbered = Array.isArray(calls)
    ? calls.map((call: unknown, index) => (isFields(call) ? { index, ...call } : call))
    : calls;
  const delta = {
    ...others,
    ...('content' in (message as Fields) && { content: text?.slice(0, half) ?? content }),
    ...(calls !== undefined && { tool_calls: numbered }),
  };
  const { finish_reason: _, ...early } = choice;
  return {
    begin: { index: place, ...early, delta, finish_reason: null },
    end: {
      index: place,
      ...choice,
      delta: text === undefined ? {} : { content: text.slice(half) },
    },
  };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
