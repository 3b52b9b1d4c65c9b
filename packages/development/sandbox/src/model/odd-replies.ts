import type { Response } from 'express';
import { readData } from '../tools/read-data.ts';
import type { completionBody } from './completion.ts';
import { streamOfOdd } from './odd-stream.ts';

type Completion = ReturnType<typeof completionBody>;
type Call = NonNullable<Completion['choices'][number]['message']['tool_calls']>[number];
type Fields = Readonly<Record<string, unknown>>;

/**
 * One way in which an endpoint's answer is odd, seen at some endpoint; `data/odd-replies.json` holds them all. A text
 * that begins with `$` stands for a part of the completion: see `partsOf`.
 */
interface OddReply {
  /** What the README says of it. */
  readonly does: string;
  /** Half of the text and half of each call's arguments are missing. */
  readonly half?: true;
  /** Fields that take the place of the completion's, of its choice's, and so on inwards. */
  readonly completion?: Fields;
  readonly choice?: Fields;
  readonly message?: Fields;
  readonly call?: Fields;
  readonly function?: Fields;
  /** In place of the whole completion. */
  readonly json?: unknown;
  /** The body as it goes over the wire. */
  readonly text?: string;
  /** Of the text; default: that of JSON. */
  readonly type?: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A name in `data/odd-replies.json`. */
export type OddReplyName = string;

/** Every odd reply that the model endpoint can send, by name. */
export const oddReplies = readData('odd-replies.json') as Readonly<Record<string, OddReply>>;

export const oddReplyNames = Object.keys(oddReplies);

/**
 * Sends a completion in an odd way, as a stream where one is wanted and the oddity is not one of the whole body. Throws
 * an Error if no odd reply has this name.
 */
export function sendOddReply(
  response: Response,
  name: string,
  { completion, isStreamed }: { completion: Completion; isStreamed: boolean },
): void {
  const odd = oddReplies[name];
  if (odd === undefined) throw new Error(`no odd reply is called ${name}`);
  const parts = partsOf(completion);
  if (odd.text === undefined) {
    const body = odd.json ?? applied(odd, odd.half ? halved(completion) : completion, parts);
    if (isStreamed) response.type('text/event-stream').end(streamOfOdd(body));
    else response.json(body);
    return;
  }
  const text = odd.text.replace(/\$\w+/, (part) => String(parts[part]));
  response
    .status(odd.status ?? 200)
    .set({ 'content-type': odd.type ?? 'application/json', ...odd.headers })
    .end(text);
}

function applied(odd: OddReply, completion: Completion, parts: Fields): unknown {
  const choices = completion.choices.map((choice) => {
    const { tool_calls: calls } = choice.message;
    const changed = calls?.map((call) => {
      const own = { ...parts, $arguments: call.function.arguments, $name: call.function.name };
      const inFunction = odd.function && filled(odd.function, argumentParts(call));
      const named = { ...call.function, ...inFunction };
      return { ...call, function: named, ...filled(odd.call, own) };
    });
    const message = { ...choice.message, ...(changed && { tool_calls: changed }) };
    const shown = { ...message, ...filled(odd.message, parts) };
    return { ...choice, message: shown, ...filled(odd.choice, parts) };
  });
  return { ...completion, choices, ...filled(odd.completion, parts) };
}

/** What each `$part` of a template stands for. `$nothing` leaves its field out. */
function partsOf(completion: Completion): Fields {
  const [choice] = completion.choices;
  const { content, tool_calls: calls = [] } = choice?.message ?? {};
  const [text, body] = [content ?? '', JSON.stringify(completion)];
  const inReasoning = `"reasoning_details":${deep(5_000)},"role"`;
  const broken = eventsOf(completion);
  return {
    $nothing: undefined,
    $content: content,
    $content1: firstHalf(text),
    $content2: text.slice(firstHalf(text).length),
    '$content+emoji': `${text} \uD83D`,
    $deep5000: deep(5_000),
    $calls: calls,
    $call129: Array.from({ length: 129 }, () => calls[0]),
    $function: calls[0]?.function,
    $finish: choice?.finish_reason,
    $body: body,
    $bodyText: JSON.stringify(body),
    $bodyHalf: body.slice(0, body.length / 2),
    $bodyDeep: body.replace('"role"', inReasoning),
    $stream: stream([...eventsOf(completion), '[DONE]']),
    $streamCut: stream(eventsOf(completion).slice(0, 2)),
    $streamBroken: stream([...broken.toSpliced(1, 1, firstHalf(broken[1] ?? '')), '[DONE]']),
    $streamEqual: stream([...eventsOf(completion, () => 0), '[DONE]']),
  };
}

function argumentParts({ function: { arguments: text } }: Call): Fields {
  return {
    $nothing: undefined,
    $argumentsObject: JSON.parse(text) as unknown,
    $argumentsText: JSON.stringify(text),
    $argumentsDeep: `{"a":${deep(10_000)}}`,
  };
}

/** A template with every `$part` replaced; a part that is undefined is left out of the JSON. */
function filled<Value>(value: Value, parts: Fields): Value {
  if (typeof value === 'string') return (value in parts ? parts[value] : value) as Value;
  if (Array.isArray(value)) return value.map((each: unknown) => filled(each, parts)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, filled(inner, parts)]);
  return Object.fromEntries(entries) as Value;
}

function halved(completion: Completion): Completion {
  const choices = completion.choices.map(({ message, ...choice }) => {
    const calls = message.tool_calls?.map((call) => ({
      ...call,
      function: { ...call.function, arguments: firstHalf(call.function.arguments) },
    }));
    const content = message.content === null ? null : firstHalf(message.content);
    return { ...choice, message: { ...message, content, ...(calls && { tool_calls: calls }) } };
  });
  return { ...completion, choices };
}

function firstHalf(text: string): string {
  return text.slice(0, Math.ceil(text.length / 2));
}

function deep(levels: number): string {
  return '['.repeat(levels) + ']'.repeat(levels);
}

function chunk(delta: object, finishReason: unknown = null) {
  return { choices: [{ index: 0, delta, finish_reason: finishReason }] };
}

/** The events of a stream: the text in two, then the calls, then the usage. */
function eventsOf(completion: Completion, indexOf = (place: number) => place): string[] {
  const { choices, usage, ...shared } = completion;
  const { content, tool_calls: calls } = choices[0]?.message ?? {};
  const half = firstHalf(content ?? '');
  const numbered = calls?.map((call, place) => ({ ...call, index: indexOf(place) }));
  return [
    chunk({ role: 'assistant', content: '' }),
    chunk({ content: half }),
    chunk({ content: (content ?? '').slice(half.length) }),
    chunk(numbered === undefined ? {} : { tool_calls: numbered }, choices[0]?.finish_reason),
    { choices: [], usage },
  ].map((event) => JSON.stringify({ ...shared, object: 'chat.completion.chunk', ...event }));
}

function stream(events: readonly string[]): string {
  return events.map((event) => `data: ${event}\n\n`).join('');
}
