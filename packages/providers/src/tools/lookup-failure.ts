import { Code } from '@connectrpc/connect';
import type { LookupFailure } from '@pawl/engine';
import type { CleanText } from '../clean-text.ts';
import type { Fault } from './fault.ts';

export interface FaultContext {
  readonly clean: CleanText;
  /** The connection that was asked for, where one was. */
  readonly connection?: string;
}

/** What a failed look-up at Scalekit means: come back later, or never. */
export function lookupFailureOf(fault: Fault, context: FaultContext): LookupFailure {
  switch (fault.kind) {
    case 'no_token':
      return tokenFailure(fault, context);
    case 'unreachable':
      return transient('scalekit_unreachable', 'Scalekit can’t be reached', fault, context);
    case 'invalid_answer':
      return transient(
        'scalekit_invalid_response',
        'Scalekit’s answer is not valid',
        fault,
        context,
      );
    case 'unread_answer':
      return fatal(
        'scalekit_answer_too_large',
        'Scalekit’s answer is larger than what can be read',
        fault,
        context,
      );
    case 'invalid_call':
      return fatal('scalekit_bad_request', 'The request to Scalekit is not valid', fault, context);
    case 'tool':
    case 'status':
      return statusFailure(fault, context);
  }
}

/** Nothing was sent, so the same words serve tool calls. */
export function tokenFailure(
  fault: Extract<Fault, { kind: 'no_token' }>,
  context: FaultContext,
): LookupFailure {
  const { status, isFinal = false } = fault;
  if (isFinal) {
    const said = 'What answers is no token endpoint: check SCALEKIT_ENVIRONMENT_URL';
    return fatal('scalekit_answer_too_large', said, fault, context);
  }
  if (status === 400 || status === 401 || status === 403) {
    const said = 'Scalekit refused the client id or secret: check SCALEKIT_CLIENT_ID and _SECRET';
    return fatal('scalekit_unauthorized', said, fault, context);
  }
  if (status === 404 || status === 405) {
    const said = 'There is no token endpoint there: check SCALEKIT_ENVIRONMENT_URL';
    return fatal('scalekit_not_found', said, fault, context);
  }
  return status === undefined
    ? transient('scalekit_unreachable', 'Scalekit’s token endpoint gave no token', fault, context)
    : transient('scalekit_unavailable', 'Scalekit’s token endpoint failed', fault, context);
}

function statusFailure(
  fault: Extract<Fault, { kind: 'status' | 'tool' }>,
  context: FaultContext,
): LookupFailure {
  switch (fault.status) {
    case Code.Unauthenticated:
      return fatal('scalekit_unauthorized', 'Scalekit refused the access token', fault, context);
    case Code.PermissionDenied:
      return fatal('scalekit_forbidden', 'Scalekit forbids this request', fault, context);
    case Code.NotFound:
      return context.connection === undefined
        ? fatal('scalekit_not_found', 'Scalekit does not know what was asked for', fault, context)
        : {
            kind: 'fatal',
            failure: {
              code: 'unknown_connection',
              message: context.clean(
                `There is no connection named ${context.connection} in this Scalekit environment.`,
              ),
              retryable: false,
            },
          };
    case Code.InvalidArgument:
    case Code.OutOfRange:
    case Code.FailedPrecondition:
      return fatal('scalekit_bad_request', 'Scalekit refused the request', fault, context);
    case Code.Unimplemented:
      return fatal(
        'scalekit_unsupported',
        'There is no such service there: check SCALEKIT_ENVIRONMENT_URL',
        fault,
        context,
      );
    case Code.ResourceExhausted:
      return transient('scalekit_rate_limited', 'Scalekit asks for fewer requests', fault, context);
    case Code.DeadlineExceeded:
      return transient('scalekit_timeout', 'Scalekit gave no answer in time', fault, context);
    default:
      return transient('scalekit_unavailable', 'Scalekit failed', fault, context);
  }
}

function fatal(
  code: string,
  said: string,
  { message }: Fault,
  { clean }: FaultContext,
): LookupFailure {
  return {
    kind: 'fatal',
    failure: { code, message: clean(`${said}: ${message}`), retryable: false },
  };
}

function transient(
  code: string,
  said: string,
  { message }: Fault,
  { clean }: FaultContext,
): LookupFailure {
  return {
    kind: 'transient',
    failure: { code, message: clean(`${said}: ${message}`), retryable: true },
  };
}
