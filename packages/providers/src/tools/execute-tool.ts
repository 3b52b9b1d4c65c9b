import type { Account, Lookup, ToolInvocation, ToolOutcome } from '@pawl/engine';
import type { ScalekitClient } from '@scalekit-sdk/node';
import type { CleanText } from '../clean-text.ts';
import { type Deadline, startDeadline, untilAborted } from '../deadline.ts';
import { boundOutput } from './bound-output.ts';
import type { CallResult, SingleCaller, ToolCall } from './call-once.ts';
import { readFault } from './fault.ts';
import {
  notExecuted,
  type ToolVerdict,
  unknown,
  verdictBeforeSending,
  verdictOf,
} from './tool-verdict.ts';

export interface ToolExecution {
  readonly scalekit: ScalekitClient;
  readonly caller: SingleCaller;
  readonly clean: CleanText;
  readonly identifierOf: (account: Account) => string;
  /** Whether the account is active by Scalekit's own word, caches passed by. */
  readonly checkAccount: (account: Account) => Promise<Lookup<boolean>>;
  /** Milliseconds. */
  readonly toolTimeout: number;
  readonly maxOutputCharacters: number;
}

/**
 * Makes one tool call. Tools that read go through the SDK. The others do not, since it repeats calls by itself: what it
 * then reports is the last request's fate, and the one before may have had its effect.
 */
export async function executeTool(
  execution: ToolExecution,
  invocation: ToolInvocation,
  signal: AbortSignal,
): Promise<ToolOutcome> {
  const deadline = startDeadline(execution.toolTimeout, signal);
  try {
    const call: ToolCall = {
      toolName: invocation.tool,
      identifier: execution.identifierOf(invocation),
      connector: invocation.connection,
      params: invocation.arguments,
    };
    const result =
      invocation.effect === 'reads'
        ? await callThroughSdk(execution, call, deadline)
        : await execution.caller.call(
            { ...call, agentRunId: invocation.jobId },
            { signal: deadline.signal, expiresAt: Date.now() + execution.toolTimeout },
          );
    const verdict = verdictOn(result, { execution, signal, deadline });
    return verdict.kind === 'check_account'
      ? await settleByAccount(execution, invocation, verdict)
      : verdict;
  } finally {
    deadline.clear();
  }
}

async function callThroughSdk(
  { scalekit }: ToolExecution,
  { params, ...call }: ToolCall,
  { signal }: Deadline,
): Promise<CallResult> {
  if (signal.aborted) return { kind: 'not_sent', fault: readFault(signal.reason) };
  try {
    const answer = await untilAborted(
      scalekit.actions.executeTool({ ...call, toolInput: params }),
      signal,
    );
    return { kind: 'answered', data: answer.data ?? {} };
  } catch (error) {
    return { kind: 'failed', fault: readFault(error) };
  }
}

function verdictOn(
  result: CallResult,
  {
    execution,
    signal,
    deadline,
  }: { execution: ToolExecution; signal: AbortSignal; deadline: Deadline },
): ToolVerdict {
  const { clean, maxOutputCharacters, toolTimeout } = execution;
  const stopped = stopOf({ signal, deadline, toolTimeout });
  switch (result.kind) {
    case 'answered': {
      return { kind: 'succeeded', output: boundOutput(result.data, maxOutputCharacters) };
    }
    case 'not_sent':
      return stopped === undefined
        ? verdictBeforeSending(result.fault, clean)
        : notExecuted(stopped.code, stopped.message);
    case 'failed': {
      if (stopped !== undefined && result.fault.kind === 'invalid_call')
        return unknown(stopped.code, stopped.message);
      const verdict = verdictOf(result.fault, clean);
      // A definite answer that came in the last moment stays one.
      return verdict.kind === 'unknown' && stopped !== undefined
        ? unknown(stopped.code, stopped.message)
        : verdict;
    }
  }
}

/** Why the call was given up by this side, if it was. */
function stopOf({
  signal,
  deadline,
  toolTimeout,
}: {
  signal: AbortSignal;
  deadline: Deadline;
  toolTimeout: number;
}): { code: string; message: string } | undefined {
  if (signal.aborted) {
    return { code: 'tool_aborted', message: 'The call was stopped before its answer came.' };
  }
  return deadline.hasPassed()
    ? { code: 'tool_timeout', message: `The call had no answer within ${toolTimeout} ms.` }
    : undefined;
}

async function settleByAccount(
  execution: ToolExecution,
  account: Account,
  verdict: Extract<ToolVerdict, { kind: 'check_account' }>,
): Promise<ToolOutcome> {
  const active = await execution.checkAccount(account);
  switch (active.kind) {
    case 'found':
      return active.value
        ? verdict.otherwise
        : { kind: 'account_inactive', failure: verdict.failure };
    case 'transient':
      return { kind: 'not_executed', failure: active.failure };
    case 'fatal':
      return active;
  }
}
