import type { Http2ServerResponse } from 'node:http2';
import type { JsonObject } from '@bufbuild/protobuf';
import { Code, ConnectError, createContextKey, type Interceptor } from '@connectrpc/connect';
import { keptArguments, type Records, type ToolRequest } from '../control/records.ts';
import { applyRpcFault, deepJson } from '../faults/apply-rpc-fault.ts';
import type { CallDescription, FaultList, Holds } from '../faults/fault.ts';
import type { AccessTokens } from '../http/access-tokens.ts';

/** The HTTP/2 answer below an RPC, for faults that strike below gRPC. */
export const responseKey = createContextKey<Http2ServerResponse | undefined>(undefined);

/** The record of an `ExecuteTool` while it is being handled. */
export const toolRequestKey = createContextKey<ToolRequest | undefined>(undefined);

/** The fields that the requests of the served RPCs have in common, as far as they have them. */
interface RequestFields {
  readonly toolName?: string;
  readonly identifier?: string;
  readonly connector?: string;
  readonly agentRunId?: string;
  readonly params?: JsonObject;
  readonly filter?: { connectionNames?: string[] };
}

function describeCall(operation: string, request: RequestFields): CallDescription {
  const connection = request.connector ?? request.filter?.connectionNames?.[0];
  return {
    operation,
    ...(request.toolName === undefined ? {} : { tool: request.toolName }),
    ...(request.identifier === undefined ? {} : { identifier: request.identifier }),
    ...(connection === undefined ? {} : { connection }),
    ...(request.agentRunId === undefined ? {} : { agentRunId: request.agentRunId }),
    ...(request.params === undefined ? {} : { argumentsText: JSON.stringify(request.params) }),
  };
}

/** Refuses an RPC without a valid bearer token with code 16, on which the SDK fetches one. */
export function authenticate(tokens: AccessTokens): Interceptor {
  return (next) => (request) => {
    if (!tokens.accepts(request.header.get('authorization'))) {
      throw new ConnectError('missing, unknown or expired access token', Code.Unauthenticated);
    }
    return next(request);
  };
}

/** Records every `ExecuteTool` that arrives, and how it ended. */
export function recordToolRequests(records: Records, now: () => number): Interceptor {
  return (next) => async (request) => {
    if (request.stream || request.method.name !== 'ExecuteTool') return next(request);
    const fields = request.message as RequestFields;
    const arrived: ToolRequest = {
      tool: fields.toolName ?? '',
      identifier: fields.identifier,
      connection: fields.connector,
      arguments: keptArguments(fields.params ?? {}),
      agentRunId: fields.agentRunId,
      time: new Date(now()).toISOString(),
      performed: false,
      outcome: 'pending',
      error: undefined,
    };
    records.toolRequests.add(arrived);
    request.contextValues.set(toolRequestKey, arrived);
    try {
      const response = await next(request);
      arrived.outcome = 'answered';
      return response;
    } catch (error) {
      arrived.outcome = 'failed';
      arrived.error = ConnectError.from(error).message;
      throw error;
    }
  };
}

/** Lets the faults strike that match an RPC, before or after it had its effect. */
export function strikeFaults(faults: FaultList, holds: Holds): Interceptor {
  return (next) => async (request) => {
    if (request.stream) return next(request);
    const call = describeCall(request.method.name, request.message as RequestFields);
    const fault = faults.take(call);
    const response = request.contextValues.get(responseKey);
    if (!fault || !response) return next(request);
    const setting = { call, holds, signal: request.signal, response };
    if (fault.when === 'before-effect') {
      await applyRpcFault(fault.effect, setting);
      return next(request);
    }
    const answer = await next(request);
    await applyRpcFault(fault.effect, setting);
    if (fault.effect.kind !== 'deep_answer' || answer.stream) return answer;
    return { ...answer, message: { ...answer.message, data: deepJson(fault.effect.levels) } };
  };
}
