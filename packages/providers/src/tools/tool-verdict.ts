import { Code } from '@connectrpc/connect';
import type { Failure } from '@pawl/contracts';
import type { ToolOutcome } from '@pawl/engine';
import type { CleanText } from '../clean-text.ts';
import { unreadOutput } from './bound-output.ts';
import type { Fault } from './fault.ts';
import { lookupFailureOf, tokenFailure } from './lookup-failure.ts';

/**
 * What a failed tool call means. `check_account` is a refusal that an inactive account would explain: only the
 * account's own status tells, since a job that waited for an active one would be resumed and refused without end.
 */
export type ToolVerdict =
  | ToolOutcome
  | {
      readonly kind: 'check_account';
      readonly failure: Failure;
      /** What it means where the account is active. */
      readonly otherwise: ToolOutcome;
    };

/**
 * The outcome of a call that failed (invariant 5). `failed` and `not_executed` need proof: an answer that only the
 * tool, or whoever stands before it, can have given instead of the effect. Whatever lacks it is `unknown`.
 */
export function verdictOf(fault: Fault, clean: CleanText): ToolVerdict {
  switch (fault.kind) {
    case 'tool':
      return verdictOfTool(fault, clean);
    case 'status':
      return verdictOfStatus(fault, clean);
    case 'no_token':
    case 'unreachable':
      return verdictBeforeSending(fault, clean);
    case 'invalid_call':
      return failed('tool_invalid_call', clean(`The call could not be made: ${fault.message}`));
    case 'unread_answer':
      return { kind: 'succeeded', output: unreadOutput(fault.message) };
    case 'invalid_answer':
      return unknown('tool_answer_lost', clean(`The answer is not valid: ${fault.message}`));
  }
}

/** The outcome of a call that provably was not sent. */
export function verdictBeforeSending(fault: Fault, clean: CleanText): ToolOutcome {
  const { kind, failure } =
    fault.kind === 'no_token'
      ? tokenFailure(fault, { clean })
      : lookupFailureOf({ kind: 'unreachable', message: fault.message }, { clean });
  return kind === 'fatal' ? { kind, failure } : { kind: 'not_executed', failure };
}

function verdictOfTool(
  { status, toolCode, message }: Extract<Fault, { kind: 'tool' }>,
  clean: CleanText,
): ToolVerdict {
  const said = clean(toolCode === '' ? message : `${toolCode}: ${message}`);
  switch (status) {
    case Code.Unauthenticated:
      return {
        kind: 'check_account',
        failure: failureOf('tool_unauthorized', said),
        // Not every service tells Scalekit at once that an authorization is gone: the next attempt looks again.
        otherwise: notExecuted('tool_unauthorized', said),
      };
    case Code.ResourceExhausted:
      return notExecuted('tool_rate_limited', said);
    case Code.PermissionDenied:
      return failed('tool_forbidden', said);
    // The tool did not answer: Scalekit says so on its behalf.
    case Code.DeadlineExceeded:
      return unknown('tool_timeout', said);
    case Code.Canceled:
    case Code.Unavailable:
      return unknown('tool_answer_lost', said);
    default:
      return failed('tool_failed', said);
  }
}

function verdictOfStatus(
  { status, message }: Extract<Fault, { kind: 'status' }>,
  clean: CleanText,
): ToolVerdict {
  const said = clean(message);
  const lost = unknown('tool_answer_lost', clean(`The tool’s answer was lost: ${message}`));
  // A reset stream borrows a code that would mean a refusal coming from the service.
  if (/stream closed with error code/i.test(message)) return lost;
  switch (status) {
    // Three clocks race to say so: this side's, the transport's, and Scalekit's, which is told the deadline.
    case Code.DeadlineExceeded:
      return unknown('tool_timeout', clean(`The call had no answer in time: ${message}`));
    case Code.Unauthenticated:
      return fatal('scalekit_unauthorized', clean(`Scalekit refused the access token: ${message}`));
    case Code.Unimplemented:
      return fatal(
        'scalekit_unsupported',
        clean(`There is no tool service there: check SCALEKIT_ENVIRONMENT_URL (${message})`),
      );
    case Code.ResourceExhausted:
      // gRPC's word for an answer that was too large to be passed on, too: that one ran.
      return /larger than|too large|message size/i.test(message)
        ? lost
        : notExecuted('scalekit_rate_limited', said);
    case Code.Unavailable:
      // A 429 of a proxy arrives so.
      return message === 'HTTP 429' ? notExecuted('scalekit_rate_limited', said) : lost;
    case Code.InvalidArgument:
    case Code.OutOfRange:
      return failed('tool_invalid_arguments', said);
    case Code.AlreadyExists:
      return failed('tool_conflict', said);
    case Code.NotFound:
      return suspectAccount('tool_not_found', said);
    case Code.FailedPrecondition:
      return suspectAccount('tool_precondition_failed', said);
    case Code.PermissionDenied:
      return suspectAccount('tool_forbidden', said);
    default:
      return lost;
  }
}

function suspectAccount(code: string, message: string): ToolVerdict {
  return {
    kind: 'check_account',
    failure: failureOf(code, message),
    otherwise: failed(code, message),
  };
}

function failureOf(code: string, message: string, retryable = false): Failure {
  return { code, message, retryable };
}

function failed(code: string, message: string): ToolOutcome {
  return { kind: 'failed', failure: failureOf(code, message) };
}

export function notExecuted(code: string, message: string): ToolOutcome {
  return { kind: 'not_executed', failure: failureOf(code, message, true) };
}

export function unknown(code: string, message: string): ToolOutcome {
  return { kind: 'unknown', failure: failureOf(code, message) };
}

function fatal(code: string, message: string): ToolOutcome {
  return { kind: 'fatal', failure: failureOf(code, message) };
}
