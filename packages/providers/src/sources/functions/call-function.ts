import { isTextNestedDeeper, type Json, jsonDepthLimit } from '@pawl/contracts';
import type { ToolInvocation, ToolOutcome } from '@pawl/engine';
import type { CleanText } from '../../clean-text.ts';
import { startDeadline } from '../../deadline.ts';
import { type HttpAnswer, sendHttp } from '../../http/send-http.ts';
import type { TraceHeaders } from '../../http/trace-headers.ts';
import { retryAfter } from '../../model/error-body.ts';
import { membersOf, textOf } from '../../model/parse-body.ts';
import { keptOutput, unreadOutput } from '../../tools/bound-output.ts';
import { signWebhook } from '../../webhooks/sign-webhook.ts';
import { fillHeaders } from '../address-template.ts';
import { failed, givenUp, isUnconnected, messageOf, notExecuted, unknown } from '../outcomes.ts';
import type { FunctionToolSettings } from '../source-settings.ts';
import { resultLink } from './result-link.ts';

export interface FunctionCall {
  readonly called: FunctionToolSettings;
  readonly secrets: readonly string[];
  readonly clean: CleanText;
  /** Milliseconds. */
  readonly toolTimeout: number;
  readonly maxAnswerBytes: number;
  readonly now: () => number;
  /** How the gateway is reached, without a slash at the end. */
  readonly publicUrl: string;
  readonly traceHeaders?: TraceHeaders | undefined;
}

/** Of an answer that is an error no more is read. */
const errorBytes = 65_536;

/**
 * One POST, signed as webhooks are. It is the only request of the call: what may have arrived is never sent again here.
 * The key is the same for every try of the same call, so a function that keeps it does its work once.
 */
export async function callFunction(
  call: FunctionCall,
  invocation: ToolInvocation,
  signal: AbortSignal,
): Promise<ToolOutcome> {
  if (signal.aborted)
    return notExecuted('tool_aborted', 'The call was stopped before it was sent.');
  const { called, clean, toolTimeout, maxAnswerBytes } = call;
  const deadline = startDeadline(toolTimeout, signal);
  try {
    const answer = await sendHttp(requestOf(call, invocation, deadline.signal), (status) =>
      status < 300 ? maxAnswerBytes : Math.min(maxAnswerBytes, errorBytes),
    );
    return outcomeOf(call, invocation, answer);
  } catch (error) {
    const stopped = givenUp(signal, deadline, toolTimeout);
    if (stopped !== undefined) return unknown(stopped.code, stopped.message);
    const said = clean(messageOf(error));
    return isUnconnected(error)
      ? notExecuted('function_unreachable', `${called.name} cannot be reached: ${said}`)
      : unknown('tool_answer_lost', `The answer of ${called.name} was lost: ${said}`);
  } finally {
    deadline.clear();
  }
}

function requestOf(
  { called, secrets, now, publicUrl, traceHeaders }: FunctionCall,
  invocation: ToolInvocation,
  signal: AbortSignal,
) {
  const { callId, jobId: job, user, tool, tenant } = invocation;
  const body = JSON.stringify({
    id: callId,
    job,
    tenant,
    user,
    tool,
    arguments: invocation.arguments,
    result_url: resultLink(publicUrl, callId, secrets[0] ?? ''),
  });
  return {
    url: new URL(called.url),
    method: 'POST',
    headers: {
      ...traceHeaders?.(),
      ...lowerCased(fillHeaders(called.headers, { tenant, user })),
      'content-type': 'application/json',
      'user-agent': 'Pawl-Functions/1',
      'idempotency-key': callId,
      ...signWebhook({ event: callId, body, secrets }, new Date(now())),
    },
    body,
    signal,
  };
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

/** `failed` and `not_executed` need proof (invariant 5): what lacks it is unknown. */
function outcomeOf(
  { called, clean, now, maxAnswerBytes }: FunctionCall,
  { effect }: ToolInvocation,
  answer: HttpAnswer,
): ToolOutcome {
  const { status, headers, body, isWhole } = answer;
  if (status === 202) return { kind: 'accepted', within: called.result_seconds * 1_000 };
  if (status < 300) {
    return {
      kind: 'succeeded',
      output: isWhole
        ? keptOutput(readBody(body))
        : unreadOutput(`it has more than ${maxAnswerBytes} bytes`),
    };
  }
  const said = clean(`${called.name} answered ${status}${reasonIn(body)}`);
  if (status < 400) return failed('function_redirects', `${said}: redirects are not followed`);
  if (status === 429 || status === 425) {
    const after = headers['retry-after'];
    const wait = retryAfter(
      { get: (name) => (name === 'retry-after' ? (after ?? null) : null) },
      now(),
    );
    return notExecuted('tool_rate_limited', said, wait);
  }
  if (status === 401 || status === 403) return failed('tool_forbidden', said);
  // The same call is being worked on there: whoever may repeat it will see what came of it.
  if (status === 409 && effect === 'idempotent') return unknown('tool_in_progress', said);
  return status < 500 && status !== 408
    ? failed('tool_failed', said)
    : unknown('tool_answer_lost', said);
}

function readBody(body: Buffer): Json {
  if (body.length === 0) return null;
  const text = body.toString('utf8');
  if (isTextNestedDeeper(text, jsonDepthLimit)) return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** The provider's own words: a problem's `detail`, `message` or `error`, else the text. */
function reasonIn(body: Buffer): string {
  const read = readBody(body);
  const { detail, message, error } = membersOf(read);
  const said =
    textOf(detail) ??
    textOf(message) ??
    textOf(error) ??
    textOf(membersOf(error)['message']) ??
    (typeof read === 'string' ? textOf(read) : undefined);
  return said === undefined ? '' : `: ${said}`;
}
