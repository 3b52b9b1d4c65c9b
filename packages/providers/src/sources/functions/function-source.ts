import type { Tool } from '@pawl/engine';
import { createTextCleaner } from '../../clean-text.ts';
import { withEither } from '../../deadline.ts';
import type { TraceHeaders } from '../../http/trace-headers.ts';
import type { FunctionSourceSettings } from '../source-settings.ts';
import type { ToolSource } from '../tool-source.ts';
import { readTool } from '../../tools/read-tool.ts';
import { callFunction } from './call-function.ts';

/** Times are milliseconds. */
export interface SourceBounds {
  readonly toolTimeout: number;
  readonly lookupTimeout?: number;
  readonly cacheFor?: number;
  /** How many bytes one answer may have. */
  readonly maxAnswerBytes?: number;
  readonly now?: () => number;
  /** How the gateway is reached, without a slash at the end. */
  readonly publicUrl?: string | undefined;
  /** What each request says of the trace that it is a part of. */
  readonly traceHeaders?: TraceHeaders | undefined;
}

/** The operator's own functions over HTTP, as one connection. They are called for every user. */
export function createFunctionSource(
  name: string,
  { functions, secret, description }: FunctionSourceSettings,
  {
    toolTimeout,
    maxAnswerBytes = 4_194_304,
    now = Date.now,
    publicUrl = '',
    traceHeaders,
  }: SourceBounds,
): ToolSource {
  const byName = new Map(functions.map((each) => [each.name, each]));
  const tools = functions.flatMap((each): Tool[] => {
    const definition = {
      name: each.name,
      description: each.description,
      input_schema: each.parameters,
    };
    const tool = readTool({ definition }, name);
    return tool === undefined ? [] : [{ ...tool, declaredEffect: each.effect }];
  });
  const clean = createTextCleaner(() => secret);
  const closing = new AbortController();
  const noAccount = {
    code: 'no_account_needed',
    message: `${name} asks for no account.`,
    retryable: false,
  };
  return {
    connections: async () => ({
      kind: 'found',
      value: [{ name, type: 'functions', ...(description === undefined ? {} : { description }) }],
    }),
    isAccountActive: async () => ({ kind: 'found', value: true }),
    listTools: async () => ({ kind: 'found', value: tools }),
    async execute(invocation, signal) {
      const called = byName.get(invocation.tool);
      if (called === undefined) {
        const message = `There is no function named ${invocation.tool} in ${name} any more.`;
        return { kind: 'failed', failure: { code: 'tool_not_found', message, retryable: false } };
      }
      const call = {
        called,
        secrets: secret,
        clean,
        toolTimeout,
        maxAnswerBytes,
        now,
        publicUrl,
        traceHeaders,
      };
      return withEither(signal, closing.signal, (either) => callFunction(call, invocation, either));
    },
    forget() {
      // Nothing is kept of an account.
    },
    authorizationLink: async () => ({ kind: 'fatal', failure: noAccount }),
    verify: async () => ({ kind: 'refused', failure: noAccount }),
    async close() {
      closing.abort(new Error('the process is shutting down'));
    },
  };
}
