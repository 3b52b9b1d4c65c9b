import { once } from 'node:events';
import { constants, type Http2ServerResponse } from 'node:http2';
import { setTimeout as wait } from 'node:timers/promises';
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { toolError } from '../rpc/requests.ts';
import { cutConnection } from '../server/one-port.ts';
import type { CallDescription, FaultEffect, Holds } from './fault.ts';
import { sendOversizeMessage } from './oversize-answer.ts';

export interface RpcFaultSetting {
  readonly call: CallDescription;
  readonly holds: Holds;
  readonly signal: AbortSignal;
  /** The HTTP/2 answer below the RPC. */
  readonly response: Http2ServerResponse;
}

const dropped = new ConnectError('the sandbox cut this call off', Code.Aborted);

/** Ends the call below gRPC and waits until it is gone, so that nothing is written after it. */
async function cutOff(response: Http2ServerResponse, cut: () => void): Promise<never> {
  const closed = response.stream.closed ? undefined : once(response.stream, 'close');
  cut();
  await closed;
  throw dropped;
}

/** Strikes an RPC: throws, or returns where the call is to go on. */
export async function applyRpcFault(effect: FaultEffect, setting: RpcFaultSetting): Promise<void> {
  const { response, signal } = setting;
  switch (effect.kind) {
    case 'grpc_status': {
      const message = effect.message ?? `sandbox fault: ${effect.code}`;
      if (effect.toolErrorCode === undefined) throw new ConnectError(message, Code[effect.code]);
      throw toolError(Code[effect.code], {
        toolErrorCode: effect.toolErrorCode,
        toolErrorMessage: message,
        executionId: 'exec_sandbox_fault',
      });
    }
    case 'http_status':
      return cutOff(response, () => {
        response.writeHead(effect.status, { 'content-type': 'text/plain', 'x-pawl-sandbox': '1' });
        response.end(effect.message ?? `sandbox fault: ${effect.status}`);
      });
    case 'drop_connection':
      return cutOff(response, () => cutConnection(response.stream.session));
    case 'reset_stream':
      return cutOff(response, () => response.stream.close(constants.NGHTTP2_INTERNAL_ERROR));
    case 'hang': {
      if ((await setting.holds.hold(setting.call, signal)) === 'released') return;
      throw new ConnectError('the client left', Code.Canceled);
    }
    case 'delay':
      await wait(effect.milliseconds, undefined, { signal }).catch(() => undefined);
      return;
    case 'oversize_answer':
      await sendOversizeMessage(response, effect);
      throw dropped;
    case 'unasked_continue':
      response.writeContinue();
      return;
    case 'deep_answer':
      return;
    default:
      throw new ConnectError(`sandbox: ${effect.kind} is no fault of an RPC`, Code.Internal);
  }
}

/** Objects and arrays in turn, so many levels deep. */
export function deepJson(levels: number): JsonObject {
  let value: JsonValue = 'the innermost';
  for (let level = 1; level < levels; level += 1)
    value = level % 2 === 0 ? { inner: value } : [value];
  return { outermost: value };
}
