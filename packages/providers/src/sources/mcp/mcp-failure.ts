import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import type { LookupFailure, ToolOutcome } from '@pawl/engine';
import type { CleanText } from '../../clean-text.ts';
import { InvalidAnswer, ListTooLarge } from '../../tools/every-page.ts';
import { unreadOutput } from '../../tools/bound-output.ts';
import { UnusableAddress } from '../address-template.ts';
import { failed, isTooLarge, isUnconnected, messageOf, notExecuted, unknown } from '../outcomes.ts';
import { McpStatusError } from './mcp-session.ts';

/** What the words of a failure are made with. */
export interface McpContext {
  readonly connection: string;
  readonly clean: CleanText;
}

/** The server wants another authorization than the one that was sent. */
export function isUnauthorized(error: unknown): boolean {
  return error instanceof McpStatusError && error.status === 401;
}

/** The server does not know the session any more: nothing of the request was done. */
export function isSessionOver(error: unknown): boolean {
  return error instanceof McpStatusError && error.status === 404;
}

/** What a failed look-up means: come back later, or never. */
export function mcpLookupFailure(error: unknown, { connection, clean }: McpContext): LookupFailure {
  const said = (text: string) => clean(`${connection}: ${text}: ${messageOf(error)}`);
  const fatal = (code: string, text: string): LookupFailure => ({
    kind: 'fatal',
    failure: { code, message: said(text), retryable: false },
  });
  const transient = (code: string, text: string, wait?: number): LookupFailure => ({
    kind: 'transient',
    failure: { code, message: said(text), retryable: true },
    ...(wait === undefined ? {} : { retryAfter: wait }),
  });
  if (isTooLarge(error) || error instanceof ListTooLarge) {
    return fatal('mcp_answer_too_large', 'the server’s answer is larger than what can be read');
  }
  if (error instanceof UnusableAddress) return fatal('mcp_unusable_user', 'no address');
  if (isUnauthorized(error)) {
    return fatal('mcp_unauthorized', 'the server refuses the credentials in TOOL_SOURCES');
  }
  if (isUnconnected(error)) return transient('mcp_unreachable', 'the server cannot be reached');
  if (error instanceof InvalidAnswer) {
    return transient('mcp_invalid_response', 'the server’s answer is not valid');
  }
  if (!(error instanceof McpStatusError)) {
    return transient('mcp_unavailable', 'the server failed');
  }
  const { status, retryAfter } = error;
  if (status === 429) return transient('mcp_rate_limited', 'the server asks to wait', retryAfter);
  // A session that is over is opened anew.
  if (status >= 500 || status === 408 || status === 404) {
    return transient('mcp_unavailable', 'the server failed', retryAfter);
  }
  return fatal('mcp_refused', 'there is no MCP server there, or it refuses the request');
}

/** The outcome of a call that was sent and had no result (invariant 5). */
export function mcpOutcome(error: unknown, { connection, clean }: McpContext): ToolOutcome {
  const said = clean(`${connection}: ${messageOf(error)}`);
  if (isTooLarge(error)) {
    return { kind: 'succeeded', output: unreadOutput(messageOf(error)) };
  }
  if (isUnconnected(error)) return notExecuted('mcp_unreachable', said);
  if (error instanceof McpError) return outcomeOfProtocol(error, said);
  if (!(error instanceof McpStatusError)) return unknown('tool_answer_lost', said);
  const { status, retryAfter } = error;
  if (status === 404) return notExecuted('mcp_session_over', said);
  if (status === 429) return notExecuted('tool_rate_limited', said, retryAfter);
  if (status >= 500 || status === 408) return unknown('tool_answer_lost', said);
  return status === 403 ? failed('tool_forbidden', said) : failed('mcp_refused', said);
}

/** An error of JSON-RPC is the server's answer, but for those that the SDK makes on this side. */
function outcomeOfProtocol({ code }: McpError, said: string): ToolOutcome {
  const outcome = madeHere.has(code) ? unknown : failed;
  return outcome(protocolCodes.get(code) ?? 'tool_failed', said);
}

const madeHere: ReadonlySet<number> = new Set([
  ErrorCode.RequestTimeout,
  ErrorCode.ConnectionClosed,
]);

const protocolCodes: ReadonlyMap<number, string> = new Map([
  [ErrorCode.RequestTimeout, 'tool_answer_lost'],
  [ErrorCode.ConnectionClosed, 'tool_answer_lost'],
  [ErrorCode.InvalidParams, 'tool_invalid_arguments'],
  [ErrorCode.MethodNotFound, 'tool_not_found'],
]);
