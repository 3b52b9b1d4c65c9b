import { Code, ConnectError } from '@connectrpc/connect';
import { isToolException, ScalekitException, ScalekitServerException } from '@scalekit-sdk/node';
import { ErrorInfoSchema } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/errdetails/errdetails_pb.js';
import { AnswerTooLarge } from '../http/send-http.ts';
import { membersOf, textOf } from '../model/parse-body.ts';
import { TokenRefused } from './access-tokens.ts';
import { unreadReason, type UnreadReason } from './bound-output.ts';
import { InvalidAnswer, ListTooLarge } from './every-page.ts';

/** What went wrong with a call to Scalekit, whichever way the call was made. */
export type Fault =
  /** The token endpoint gave no token. `status` is absent where it gave no answer. */
  | {
      readonly kind: 'no_token';
      readonly status: number | undefined;
      readonly message: string;
      /** True: what is there will not give one later either. */
      readonly isFinal?: boolean;
    }
  /** No connection came about, or the request was turned away before it was looked at: nothing happened. */
  | { readonly kind: 'unreachable'; readonly message: string }
  /** The tool, or the service behind it, answered that it failed. */
  | {
      readonly kind: 'tool';
      readonly status: Code;
      readonly toolCode: string;
      readonly message: string;
    }
  /** Scalekit, or something on the way to it, ended the call with a status. */
  | { readonly kind: 'status'; readonly status: Code; readonly message: string }
  | { readonly kind: 'invalid_answer'; readonly message: string }
  /** The call was answered, and this side would not read the answer. */
  | { readonly kind: 'unread_answer'; readonly reason: UnreadReason; readonly message: string }
  /** The SDK refused to make the call. */
  | { readonly kind: 'invalid_call'; readonly message: string };

/** Tool errors come first: the SDK's classes for them extend the plain ones. */
export function readFault(error: unknown): Fault {
  const reason = error instanceof Error ? unreadReason(error.message) : undefined;
  if (reason !== undefined) return { kind: 'unread_answer', reason, message: unreadTexts[reason] };
  if (error instanceof TokenRefused) {
    const { status, message, cause } = error;
    return { kind: 'no_token', status, message, isFinal: cause instanceof AnswerTooLarge };
  }
  if (isToolException(error) && error instanceof ScalekitServerException) {
    return {
      kind: 'tool',
      status: statusOf(error),
      toolCode: error.toolErrorCode,
      message: textOf(error.toolErrorMessage) ?? withoutStatus(error.message),
    };
  }
  if (error instanceof ScalekitServerException) {
    const message = withoutStatus(error.message);
    return isConnectFailure(message) || isRefusedStream(message)
      ? { kind: 'unreachable', message }
      : { kind: 'status', status: statusOf(error), message };
  }
  if (error instanceof ConnectError) return connectFault(error);
  if (error instanceof ListTooLarge) {
    return { kind: 'unread_answer', reason: 'too_large', message: error.message };
  }
  if (error instanceof InvalidAnswer) return { kind: 'invalid_answer', message: error.message };
  if (error instanceof ScalekitException) {
    return { kind: 'status', status: Code.Unknown, message: error.message };
  }
  return { kind: 'invalid_call', message: error instanceof Error ? error.message : String(error) };
}

const unreadTexts: Readonly<Record<UnreadReason, string>> = {
  too_large: 'it has too many bytes',
  too_deep: 'it is nested too deeply',
};

function connectFault(error: ConnectError): Fault {
  const detail = error
    .findDetails(ErrorInfoSchema)
    .find(({ errorCode }) => errorCode === 'TOOL_ERROR');
  const message = error.rawMessage;
  if (detail !== undefined) {
    const { toolErrorCode = '', toolErrorMessage = '' } = detail.toolErrorInfo ?? {};
    return {
      kind: 'tool',
      status: error.code,
      toolCode: toolErrorCode,
      message: textOf(toolErrorMessage) ?? message,
    };
  }
  const { syscall } = membersOf(error.cause);
  return syscall === 'connect' || syscall === 'getaddrinfo' || isRefusedStream(message)
    ? { kind: 'unreachable', message }
    : { kind: 'status', status: error.code, message };
}

const statuses = Object.values(Code).filter((value): value is Code => typeof value === 'number');

/** Looked up, since the SDK declares the same numbers by its own copy of the enum. */
function statusOf(error: ScalekitServerException): Code {
  const { grpcStatus } = membersOf(error);
  return statuses.find((status) => status === grpcStatus) ?? Code.Unknown;
}

/** The SDK drops the cause and keeps Node's text of it. */
function isConnectFailure(message: string): boolean {
  return /^(?:connect|getaddrinfo) E[A-Z_]+/.test(message);
}

/** HTTP/2's promise that nothing was processed (RFC 9113, 8.7), as a server gives it that is going away. */
function isRefusedStream(message: string): boolean {
  return /stream closed with error code (?:NGHTTP2_)?REFUSED_STREAM\b/i.test(message);
}

/** "[unavailable] text" is ConnectError's own way of showing its code. */
function withoutStatus(message: string): string {
  return message.replace(/^\[[a-z_]+\] /, '');
}
