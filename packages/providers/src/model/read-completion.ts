import { randomBytes } from 'node:crypto';
import { meaningOf, type ModelFailure, type ModelOutcome, type ModelReply } from '@pawl/engine';
import type { CleanText } from '../clean-text.ts';
import { errorIn, failureOfError } from './error-in-success.ts';
import { failureOfReply, messageIn } from './model-failure.ts';
import { isObject, membersOf, parseBody, textOf, worstReason } from './parse-body.ts';
import { readMessage } from './read-message.ts';
import { paidFor, usageOf } from './read-usage.ts';

export interface ReadingContext {
  /** The model that was asked, should the reply not name the one that ran. */
  readonly model: string;
  readonly clean: CleanText;
  readonly now: number;
  readonly headers: Pick<Headers, 'get'>;
}

/**
 * Reads the body of a 200: the one edge at which a model's reply is looked at. Gateways put errors into those too, and
 * models break off. Whatever is not a message that a history can hold is a failure, with what was paid for it.
 */
export function readBody(text: string, context: ReadingContext): ModelOutcome {
  const body = parseBody(text);
  switch (body.kind) {
    case 'json':
      return readCompletion(body.value, context);
    case 'deep':
      return unusable('with JSON that is nested too deep.', body.value, context);
    case 'unreadable':
      return unusable('with JSON that is broken off or malformed.', undefined, context);
  }
}

export function readCompletion(body: unknown, context: ReadingContext): ModelOutcome {
  const fail = (said: string) => unusable(said, body, context);
  if (!isObject(body)) return fail('with something that is not a JSON object.');
  const choice = choiceIn(body['choices']);
  const error =
    errorIn(body) ??
    choicesIn(body['choices'])
      .map(errorIn)
      .find((each) => each !== undefined);
  if (error !== undefined) {
    const failure = failureOfError(error, context);
    return failure === undefined
      ? fail(`with an error in a success: ${messageIn({ error }) ?? 'it says nothing more.'}`)
      : withUsage(failure, body, context);
  }
  if (choice === undefined) return fail('without choices.');
  const read = readMessage(choice, newCallId);
  if ('problem' in read) return fail(read.problem);
  const { message } = read;
  const reply: ModelReply = {
    message,
    finishReason: finishReasonIn(choice, 'tool_calls' in message),
    ...usageOf(body, context.model),
  };
  return meaningOf(reply) === 'unusable'
    ? fail(`with finish_reason "${reply.finishReason}" and ${contentIn(message)}.`)
    : { kind: 'reply', reply };
}

function unusable(said: string, body: unknown, context: ReadingContext): ModelFailure {
  const message = context.clean(`The model endpoint answered ${said}`);
  return withUsage(failureOfReply(message), body, context);
}

function withUsage(
  failure: ModelFailure,
  body: unknown,
  { model }: Pick<ReadingContext, 'model'>,
): ModelFailure {
  const usage = paidFor(body, model);
  return usage === undefined ? failure : { ...failure, usage };
}

/**
 * One choice was asked for. Where there are more, a gateway has put the text of one reply into the first and its calls
 * into another: if either of them is not whole, neither is the reply.
 */
function choiceIn(choices: unknown): Readonly<Record<string, unknown>> | undefined {
  const all = choicesIn(choices);
  const [first] = all;
  const calling = all.find((choice) => callsIn(choice) !== undefined);
  if (first === undefined || calling === undefined || calling === first) return first;
  const message = { ...membersOf(first['message']), tool_calls: callsIn(calling) };
  const reason = worstReason([first['finish_reason'], calling['finish_reason']]);
  return { ...first, message, finish_reason: reason };
}

function choicesIn(choices: unknown): Record<string, unknown>[] {
  return (Array.isArray(choices) ? choices : [choices]).filter(isObject);
}

function callsIn({ message }: Readonly<Record<string, unknown>>): unknown {
  const { tool_calls: calls } = membersOf(message);
  return Array.isArray(calls) && calls.length > 0 ? calls : undefined;
}

/** Where none is given, what the message holds says it. */
function finishReasonIn(choice: Readonly<Record<string, unknown>>, hasCalls: boolean): string {
  const { finish_reason: reason } = choice;
  if (reason === undefined || reason === null || reason === '') {
    return hasCalls ? 'tool_calls' : 'stop';
  }
  return (typeof reason === 'string' ? reason : JSON.stringify(reason)).slice(0, 100);
}

function contentIn({ tool_calls: calls, content }: Readonly<Record<string, unknown>>): string {
  if (calls !== undefined) return 'tool calls';
  return textOf(content) === undefined ? 'a message that says nothing' : 'a text';
}

function newCallId(): string {
  return `call_${randomBytes(12).toString('hex')}`;
}
