import { Code, ConnectError } from '@connectrpc/connect';
import {
  isToolException,
  ScalekitCancelledException,
  ScalekitGatewayTimeoutException,
  ScalekitInternalServerException,
  ScalekitTooManyRequestsException,
  ScalekitToolForbiddenException,
  ScalekitToolRateLimitException,
  ScalekitToolUnauthorizedException,
} from '@scalekit-sdk/node';
import { describe, expect, it } from 'vitest';
import type { FaultInput } from '../src/index.ts';
import { openSandbox, rejection, scalekitFor, toolClientFor } from './harness.ts';

const sendTool = {
  toolName: 'gmail_send_message',
  identifier: 'ann',
  connector: 'gmail',
  params: { to: 'bob@example.com', subject: 'Hello', body: 'Hello Bob' },
};

async function withFault(fault: FaultInput, options: { toolTimeoutMs?: number } = {}) {
  const sandbox = await openSandbox({ autoActive: true });
  sandbox.control.setAccountStatus({ identifier: 'ann', connection: 'gmail' }, 'ACTIVE');
  sandbox.control.addFault(fault);
  const scalekit = scalekitFor(sandbox, options);
  const send = () => {
    const { params, ...call } = sendTool;
    return scalekit.actions.executeTool({ ...call, toolInput: params });
  };
  return { sandbox, scalekit, send };
}

const lostAnswers: [string, FaultInput['effect'], Code][] = [
  ['Unavailable', { kind: 'grpc_status', code: 'Unavailable' }, Code.Unavailable],
  ['HTTP 502', { kind: 'http_status', status: 502 }, Code.Unavailable],
  ['HTTP 503', { kind: 'http_status', status: 503 }, Code.Unavailable],
  ['a dropped connection', { kind: 'drop_connection' }, Code.Canceled],
  ['a reset stream', { kind: 'reset_stream' }, Code.Internal],
];

describe('a lost answer', () => {
  it.each(lostAnswers)(
    'by %s after the effect: one effect, one attempt',
    async (_name, effect, code) => {
      const { sandbox } = await withFault({
        match: { operation: 'ExecuteTool', tool: 'gmail_send_message' },
        when: 'after-effect',
        effect,
      });
      const client = await toolClientFor(sandbox);
      const error = ConnectError.from(await rejection(client.executeTool(sendTool)));
      expect(sandbox.control.effects().total).toBe(1);
      await expect
        .poll(() => sandbox.control.toolRequests().items)
        .toMatchObject([{ performed: true, outcome: 'failed' }]);
      expect(error.code).toBe(code);
    },
  );

  it.each(lostAnswers)('by %s before the effect: no effect', async (_name, effect) => {
    const { sandbox } = await withFault({ match: { operation: 'ExecuteTool' }, effect });
    const client = await toolClientFor(sandbox);
    await rejection(client.executeTool(sendTool));
    expect(sandbox.control.effects().total).toBe(0);
    expect(sandbox.control.toolRequests().items).toMatchObject([{ performed: false }]);
    await client.executeTool(sendTool);
    expect(sandbox.control.effects().total).toBe(1);
  });

  it('by a deadline after the effect', async () => {
    const { sandbox } = await withFault({
      when: 'after-effect',
      effect: { kind: 'hang' },
      match: { tool: sendTool.toolName },
    });
    const client = await toolClientFor(sandbox);
    const error = ConnectError.from(
      await rejection(client.executeTool(sendTool, { timeoutMs: 200 })),
    );
    expect(error.code).toBe(Code.DeadlineExceeded);
    expect(sandbox.control.effects().total).toBe(1);
  });

  it('is repeated by the SDK on its own when it was Unavailable: the hazard to guard against', async () => {
    const { sandbox, send } = await withFault({
      match: { operation: 'ExecuteTool' },
      when: 'after-effect',
      effect: { kind: 'grpc_status', code: 'Unavailable' },
    });
    await send();
    expect(Object.values(sandbox.control.effects().counts)).toEqual([2]);
  });
});

describe('what the SDK makes of faults', () => {
  it.each([
    ['Unauthenticated', ScalekitToolUnauthorizedException],
    ['PermissionDenied', ScalekitToolForbiddenException],
    ['ResourceExhausted', ScalekitToolRateLimitException],
  ] as const)('a tool error %s', async (code, type) => {
    const { send } = await withFault({
      match: { operation: 'ExecuteTool' },
      effect: {
        kind: 'grpc_status',
        code,
        toolErrorCode: 'PROVIDER',
        message: 'from the provider',
      },
    });
    const error = await rejection(send());
    expect(error).toBeInstanceOf(type);
    expect(isToolException(error) && error.toolErrorMessage).toBe('from the provider');
  });

  it('a status without details is Scalekit’s own', async () => {
    const { send } = await withFault({
      match: { operation: 'ExecuteTool' },
      effect: { kind: 'grpc_status', code: 'ResourceExhausted' },
    });
    const error = await rejection(send());
    expect(error).toBeInstanceOf(ScalekitTooManyRequestsException);
    expect(isToolException(error)).toBe(false);
  });

  it('a dropped connection, a reset stream and a deadline', async () => {
    const dropped = await withFault({
      match: { operation: 'ExecuteTool' },
      effect: { kind: 'drop_connection' },
    });
    expect(await rejection(dropped.send())).toBeInstanceOf(ScalekitCancelledException);
    const reset = await withFault({
      match: { operation: 'ExecuteTool' },
      effect: { kind: 'reset_stream' },
    });
    expect(await rejection(reset.send())).toBeInstanceOf(ScalekitInternalServerException);
    const hanging = await withFault(
      { match: { operation: 'ExecuteTool' }, effect: { kind: 'hang' } },
      { toolTimeoutMs: 300 },
    );
    expect(await rejection(hanging.send())).toBeInstanceOf(ScalekitGatewayTimeoutException);
    expect(hanging.sandbox.control.effects().total).toBe(0);
  });
});

describe('choosing calls', () => {
  it('strikes the calls that match, as often as it is told, and no other', async () => {
    const { sandbox, scalekit } = await withFault({
      match: { operation: 'ListScopedTools', identifier: 'ann' },
      times: 2,
      effect: { kind: 'grpc_status', code: 'Internal' },
    });
    const list = (identifier: string) =>
      scalekit.tools.listScopedTools(identifier, { filter: { connectionNames: ['gmail'] } });
    await list('someone else');
    await rejection(list('ann'));
    await rejection(list('ann'));
    expect((await list('ann')).totalSize).toBe(56);
    expect(sandbox.control.faults()).toEqual([]);
  });

  it('matches arguments and agent runs, and can stay on', async () => {
    const { sandbox } = await withFault({
      match: { argumentsInclude: 'Bob', agentRunId: 'run-1' },
      times: 'always',
      effect: { kind: 'grpc_status', code: 'Internal' },
    });
    const client = await toolClientFor(sandbox);
    await client.executeTool(sendTool);
    await rejection(client.executeTool({ ...sendTool, agentRunId: 'run-1' }));
    await rejection(client.executeTool({ ...sendTool, agentRunId: 'run-1' }));
    sandbox.control.clearFaults();
    await client.executeTool({ ...sendTool, agentRunId: 'run-1' });
    expect(sandbox.control.effects().total).toBe(2);
  });

  it('reaches the token endpoint and the proxy', async () => {
    const { sandbox, scalekit } = await withFault({
      match: { operation: 'token' },
      effect: { kind: 'http_status', status: 503 },
    });
    await rejection(scalekit.actions.listConnections());
    await scalekit.actions.listConnections();
    sandbox.control.addFault({
      match: { operation: 'proxy' },
      effect: { kind: 'http_status', status: 429, retryAfterSeconds: 3 },
    });
    const response = await fetch(`${sandbox.origin}/proxy/x`);
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '3']);
  });
});

describe('held calls and hooks', () => {
  it('goes on with a call that hangs when it is released', async () => {
    const { sandbox, send } = await withFault({
      match: { operation: 'ExecuteTool' },
      effect: { kind: 'hang' },
    });
    const sent = send();
    await expect
      .poll(() => sandbox.control.held())
      .toMatchObject([{ operation: 'ExecuteTool', tool: sendTool.toolName }]);
    expect(sandbox.control.effects().total).toBe(0);
    expect(sandbox.control.release({ tool: sendTool.toolName })).toBe(1);
    await sent;
    expect(sandbox.control.effects().total).toBe(1);
  });

  it('lets a harness step in before and after an effect', async () => {
    const sandbox = await openSandbox({ autoActive: true });
    sandbox.control.setAccountStatus({ identifier: 'ann', connection: 'gmail' }, 'ACTIVE');
    const seen: [string, number][] = [];
    const effects = () => sandbox.control.effects().total;
    sandbox.control.on(
      'tool.before_effect',
      (call) => void seen.push([`before ${call.tool}`, effects()]),
    );
    const off = sandbox.control.on(
      'tool.after_effect',
      (call) => void seen.push([`after ${call.tool}`, effects()]),
    );
    const client = await toolClientFor(sandbox);
    await client.executeTool(sendTool);
    off();
    await client.executeTool(sendTool);
    expect(seen).toEqual([
      ['before gmail_send_message', 0],
      ['after gmail_send_message', 1],
      ['before gmail_send_message', 1],
    ]);
  });

  it('ends calls that hang when it is closed', async () => {
    const { sandbox, send } = await withFault({
      match: { operation: 'ExecuteTool' },
      effect: { kind: 'hang' },
    });
    const failed = rejection(send());
    await expect.poll(() => sandbox.control.held().length).toBe(1);
    await sandbox.close();
    expect(await failed).toBeInstanceOf(Error);
  });
});
