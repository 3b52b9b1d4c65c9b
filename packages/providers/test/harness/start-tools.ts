import {
  createToolClient,
  type ScalekitToolClient,
  type ToolClientSettings,
} from '@pawl/providers';
import type { Account, ToolInvocation, ToolOutcome } from '@pawl/engine';
import { startSandbox, type Sandbox, type SandboxOptions } from '@pawl/sandbox';
import { onTestFinished } from 'vitest';

export const account: Account = { tenant: 'default', user: 'user_123', connection: 'gmail' };

export const sendMail = {
  tool: 'gmail_send_message',
  arguments: { to: 'ada@example.com', subject: 'Hello', body: 'How are you?' },
  effect: 'writes',
} as const;

export const fetchMails = {
  tool: 'gmail_fetch_mails',
  arguments: { max_results: 2 },
  effect: 'reads',
} as const;

/** Milliseconds. */
export const toolTimeout = 60_000;

export interface StartedTools {
  readonly sandbox: Sandbox;
  readonly tools: ScalekitToolClient;
  /** Makes a call for the account above, which the options may change. */
  readonly execute: (
    call: Pick<ToolInvocation, 'tool' | 'arguments' | 'effect'> & Partial<ToolInvocation>,
    signal?: AbortSignal,
  ) => Promise<ToolOutcome>;
  /** How many effects of the tools there were. */
  readonly effects: () => number;
}

/** A sandbox and a tool client of the test's own, both closed when it ends. */
export async function startTools({
  sandbox: sandboxOptions = { autoActive: true },
  client = {},
}: {
  sandbox?: SandboxOptions;
  client?: Partial<ToolClientSettings>;
} = {}): Promise<StartedTools> {
  const sandbox = await startSandbox(sandboxOptions);
  const tools = createToolClient({
    environmentUrl: sandbox.origin,
    clientId: sandbox.clientId,
    clientSecret: sandbox.clientSecret,
    toolTimeout,
    ...client,
  });
  onTestFinished(async () => {
    await tools.close();
    await sandbox.close();
  });
  return {
    sandbox,
    tools,
    execute: (call, signal = new AbortController().signal) =>
      tools.execute(
        { ...account, jobId: 'job_0_test', callId: 'call_0_test-0-0', ...call },
        signal,
      ),
    effects: () => sandbox.control.effects().total,
  };
}
