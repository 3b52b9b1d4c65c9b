import type { JsonObject } from '@bufbuild/protobuf';
import { Code, createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { ToolService } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/tools/tools_pb.js';
import { untilAborted } from '../deadline.ts';
import type { AccessTokens, GuardedSessionManager } from './access-tokens.ts';
import { markUnreadAnswers, messageDepthLimit } from './bound-output.ts';
import { type Fault, readFault } from './fault.ts';
import { acceptedCompressions } from './gzip.ts';

export interface ToolCall {
  readonly toolName: string;
  readonly identifier: string;
  readonly connector: string;
  readonly params: JsonObject;
}

export type CallResult =
  | { readonly kind: 'answered'; readonly data: JsonObject }
  /** The request never left. */
  | { readonly kind: 'not_sent'; readonly fault: Fault }
  | { readonly kind: 'failed'; readonly fault: Fault };

/** Calls a tool without ever repeating a call that may have arrived, which the SDK does. */
export interface SingleCaller {
  call(
    call: ToolCall & { readonly agentRunId: string },
    options: { signal: AbortSignal; expiresAt: number },
  ): Promise<CallResult>;
}

export function createSingleCaller({
  environmentUrl,
  sessions,
  tokens,
  maxAnswerBytes,
}: {
  environmentUrl: string;
  sessions: GuardedSessionManager;
  tokens: AccessTokens;
  maxAnswerBytes: number;
}): SingleCaller {
  const transport = createGrpcTransport({
    baseUrl: environmentUrl,
    sessionManager: sessions,
    interceptors: [markUnreadAnswers],
    acceptCompression: acceptedCompressions,
    readMaxBytes: maxAnswerBytes,
    binaryOptions: { recursionLimit: messageDepthLimit },
  });
  const client = createClient(ToolService, transport);

  return {
    async call(call, { signal, expiresAt }) {
      for (let rejected: string | undefined; ;) {
        let token: string;
        try {
          const wanted = rejected === undefined ? tokens.current() : tokens.renew(rejected);
          token = await untilAborted(wanted, signal);
          await untilAborted(sessions.open(), signal);
        } catch (error) {
          return { kind: 'not_sent', fault: readFault(error) };
        }
        try {
          const headers = { authorization: `Bearer ${token}` };
          const timeoutMs = Math.max(1, expiresAt - Date.now());
          const answer = await client.executeTool(call, { signal, timeoutMs, headers });
          return { kind: 'answered', data: answer.data ?? {} };
        } catch (error) {
          const fault = readFault(error);
          // A call without a valid token is refused before anything happens, so this repeats nothing.
          const refused = fault.kind === 'status' && fault.status === Code.Unauthenticated;
          if (!refused || rejected !== undefined) return { kind: 'failed', fault };
          rejected = token;
        }
      }
    },
  };
}
