import type { FaultInput } from '@pawl/sandbox';
import { describe, expect, it } from 'vitest';
import { account, sendMail, startTools, toolTimeout } from './harness/start-tools.ts';
import { stopTheClock } from './harness/stop-the-clock.ts';

const afterEffect = (effect: FaultInput['effect']): FaultInput => ({
  match: { operation: 'ExecuteTool' },
  when: 'after-effect',
  times: 'always',
  effect,
});
const beforeEffect = (effect: FaultInput['effect']): FaultInput => ({
  ...afterEffect(effect),
  when: 'before-effect',
});

describe('a tool that writes', () => {
  it('has its effect once and answers its output, named after its job', async () => {
    const { sandbox, tools, execute } = await startTools();
    await tools.isAccountActive(account, { fresh: false });
    const outcome = await execute({ ...sendMail, jobId: 'job_0_abc' });
    expect(outcome).toMatchObject({ kind: 'succeeded', output: { labelIds: ['SENT'] } });
    expect(sandbox.control.effects().items).toMatchObject([
      {
        tool: sendMail.tool,
        identifier: 'user_123',
        connection: 'gmail',
        arguments: sendMail.arguments,
        agentRunId: 'job_0_abc',
      },
    ]);
  });

  // Invariant 5, and issue 4, point 3.
  it.each<[string, FaultInput['effect'], string]>([
    ['Unavailable', { kind: 'grpc_status', code: 'Unavailable' }, 'tool_answer_lost'],
    ['Internal', { kind: 'grpc_status', code: 'Internal' }, 'tool_answer_lost'],
    ['Unknown', { kind: 'grpc_status', code: 'Unknown' }, 'tool_answer_lost'],
    ['Aborted', { kind: 'grpc_status', code: 'Aborted' }, 'tool_answer_lost'],
    ['DataLoss', { kind: 'grpc_status', code: 'DataLoss' }, 'tool_answer_lost'],
    ['Canceled', { kind: 'grpc_status', code: 'Canceled' }, 'tool_answer_lost'],
    ['DeadlineExceeded', { kind: 'grpc_status', code: 'DeadlineExceeded' }, 'tool_timeout'],
    ['HTTP 502', { kind: 'http_status', status: 502 }, 'tool_answer_lost'],
    ['HTTP 503', { kind: 'http_status', status: 503 }, 'tool_answer_lost'],
    ['a dropped connection', { kind: 'drop_connection' }, 'tool_answer_lost'],
    ['a reset stream', { kind: 'reset_stream' }, 'tool_answer_lost'],
    [
      'the tool’s own time-out',
      { kind: 'grpc_status', code: 'DeadlineExceeded', toolErrorCode: 'T' },
      'tool_timeout',
    ],
  ])('has its effect once and an unknown outcome after %s', async (_name, effect, code) => {
    const { sandbox, tools, execute, effects } = await startTools();
    await tools.isAccountActive(account, { fresh: false });
    sandbox.control.addFault(afterEffect(effect));
    expect(await execute(sendMail)).toMatchObject({ kind: 'unknown', failure: { code } });
    expect(effects()).toBe(1);
    expect(sandbox.control.toolRequests().total).toBe(1);
  });

  it('has its effect once and an unknown outcome when its time runs out', async () => {
    const { sandbox, tools, execute, effects } = await startTools();
    await tools.isAccountActive(account, { fresh: false });
    sandbox.control.addFault(afterEffect({ kind: 'hang' }));
    const letTimePass = stopTheClock();
    const late = execute(sendMail);
    await expect.poll(() => sandbox.control.held()).toHaveLength(1);
    await letTimePass(toolTimeout);
    expect(await late).toMatchObject({
      kind: 'unknown',
      failure: { code: 'tool_timeout', message: expect.stringContaining('no answer') },
    });
    expect(effects()).toBe(1);
  });

  it('has an unknown outcome when it is stopped after it was sent', async () => {
    const { sandbox, tools, execute, effects } = await startTools();
    await tools.isAccountActive(account, { fresh: false });
    const controller = new AbortController();
    sandbox.control.on('tool.after_effect', () => controller.abort());
    expect(await execute(sendMail, controller.signal)).toMatchObject({
      kind: 'unknown',
      failure: { code: 'tool_aborted' },
    });
    expect(effects()).toBe(1);
  });

  // The first of two requests would have had its effect, and the refusal of the second would have denied it.
  it('is sent once though it may run twice, since the refusal of a repetition says nothing', async () => {
    const { sandbox, tools, execute, effects } = await startTools();
    await tools.isAccountActive(account, { fresh: false });
    sandbox.control.addFault({
      ...afterEffect({ kind: 'grpc_status', code: 'Unavailable' }),
      times: 1,
    });
    sandbox.control.addFault({
      ...beforeEffect({ kind: 'grpc_status', code: 'ResourceExhausted' }),
    });
    expect(await execute({ ...sendMail, effect: 'idempotent' })).toMatchObject({ kind: 'unknown' });
    expect(effects()).toBe(1);
    expect(sandbox.control.toolRequests().total).toBe(1);
  });

  it('was not executed when it is stopped before it was sent', async () => {
    const { sandbox, execute } = await startTools();
    expect(await execute(sendMail, AbortSignal.abort())).toMatchObject({
      kind: 'not_executed',
      failure: { code: 'tool_aborted' },
    });
    expect(sandbox.control.toolRequests().total).toBe(0);
  });

  it('was not executed when it is stopped while its token is on its way', async () => {
    const { sandbox, execute } = await startTools();
    const controller = new AbortController();
    sandbox.control.addFault({ match: { operation: 'token' }, effect: { kind: 'hang' } });
    const outcome = execute(sendMail, controller.signal);
    await expect.poll(() => sandbox.control.held()).toHaveLength(1);
    controller.abort();
    expect(await outcome).toMatchObject({
      kind: 'not_executed',
      failure: { code: 'tool_aborted' },
    });
    expect(sandbox.control.toolRequests().total).toBe(0);
  });

  it.each<[string, FaultInput['effect'], object]>([
    [
      'InvalidArgument',
      { kind: 'grpc_status', code: 'InvalidArgument' },
      { kind: 'failed', failure: { code: 'tool_invalid_arguments' } },
    ],
    [
      'NotFound of an active account',
      { kind: 'grpc_status', code: 'NotFound' },
      { kind: 'failed', failure: { code: 'tool_not_found' } },
    ],
    [
      'PermissionDenied of an active account',
      { kind: 'grpc_status', code: 'PermissionDenied' },
      { kind: 'failed', failure: { code: 'tool_forbidden' } },
    ],
    [
      'FailedPrecondition of an active account',
      { kind: 'grpc_status', code: 'FailedPrecondition' },
      { kind: 'failed', failure: { code: 'tool_precondition_failed' } },
    ],
    [
      'Unimplemented',
      { kind: 'grpc_status', code: 'Unimplemented' },
      { kind: 'fatal', failure: { code: 'scalekit_unsupported' } },
    ],
    [
      'Unauthenticated with a fresh token',
      { kind: 'grpc_status', code: 'Unauthenticated' },
      { kind: 'fatal', failure: { code: 'scalekit_unauthorized' } },
    ],
    [
      'ResourceExhausted',
      { kind: 'grpc_status', code: 'ResourceExhausted' },
      { kind: 'not_executed', failure: { code: 'scalekit_rate_limited', retryable: true } },
    ],
    [
      'HTTP 429',
      { kind: 'http_status', status: 429 },
      { kind: 'not_executed', failure: { code: 'scalekit_rate_limited' } },
    ],
    [
      'the tool’s rate limit',
      { kind: 'grpc_status', code: 'ResourceExhausted', toolErrorCode: 'SLOW_DOWN' },
      { kind: 'not_executed', failure: { code: 'tool_rate_limited' } },
    ],
    [
      'the tool’s refusal',
      { kind: 'grpc_status', code: 'PermissionDenied', toolErrorCode: 'SCOPE', message: 'no' },
      { kind: 'failed', failure: { code: 'tool_forbidden', message: 'SCOPE: no' } },
    ],
    [
      'the tool’s failure',
      { kind: 'grpc_status', code: 'Internal', toolErrorCode: 'BROKEN', message: 'it broke' },
      { kind: 'failed', failure: { code: 'tool_failed', message: 'BROKEN: it broke' } },
    ],
    [
      'the tool’s "unauthorized" of an active account',
      { kind: 'grpc_status', code: 'Unauthenticated', toolErrorCode: 'REVOKED' },
      { kind: 'not_executed', failure: { code: 'tool_unauthorized' } },
    ],
  ])('answers %s in the job’s terms', async (_name, effect, outcome) => {
    const { sandbox, tools, execute, effects } = await startTools();
    await tools.isAccountActive(account, { fresh: false });
    sandbox.control.addFault(beforeEffect(effect));
    expect(await execute(sendMail)).toMatchObject(outcome);
    expect(effects()).toBe(0);
  });

  it('hands the tool’s own words to the model where its arguments or its name are wrong', async () => {
    const { tools, execute } = await startTools();
    await tools.isAccountActive(account, { fresh: false });
    expect(await execute({ ...sendMail, arguments: {} })).toMatchObject({
      kind: 'failed',
      failure: { code: 'tool_failed', message: expect.stringContaining('INVALID_ARGUMENTS') },
    });
    expect(await execute({ ...sendMail, tool: 'gmail_fly' })).toMatchObject({
      kind: 'failed',
      failure: { code: 'tool_failed', message: expect.stringContaining('UNKNOWN_TOOL') },
    });
  });

  it('finds the account inactive, and its caches forget that it was active', async () => {
    const { sandbox, tools, execute } = await startTools();
    expect(await tools.isAccountActive(account, { fresh: false })).toEqual({
      kind: 'found',
      value: true,
    });
    sandbox.control.expireAccount({ identifier: 'user_123', connection: 'gmail' });
    expect(await execute(sendMail)).toMatchObject({
      kind: 'account_inactive',
      failure: { code: 'tool_unauthorized' },
    });
    expect(await tools.isAccountActive(account, { fresh: false })).toEqual({
      kind: 'found',
      value: false,
    });
  });

  it('finds a missing account inactive', async () => {
    const { execute } = await startTools({ sandbox: {} });
    expect(await execute(sendMail)).toMatchObject({ kind: 'account_inactive' });
  });

  it('gets another token when its own has run out, and has its effect once', async () => {
    const { sandbox, tools, execute, effects } = await startTools();
    await tools.isAccountActive(account, { fresh: false });
    await execute(sendMail);
    sandbox.control.expireTokens();
    expect(await execute(sendMail)).toMatchObject({ kind: 'succeeded' });
    expect(effects()).toBe(2);
  });

  it('was not executed where Scalekit can’t be reached, or gives no token', async () => {
    const { sandbox, tools, execute } = await startTools();
    sandbox.control.addFault({
      match: { operation: 'token' },
      effect: { kind: 'http_status', status: 503 },
    });
    expect(await execute(sendMail)).toMatchObject({
      kind: 'not_executed',
      failure: { code: 'scalekit_unavailable' },
    });
    await tools.isAccountActive(account, { fresh: false });
    await execute(sendMail);
    await sandbox.close();
    expect(await execute(sendMail)).toMatchObject({
      kind: 'not_executed',
      failure: { code: 'scalekit_unreachable' },
    });
  });

  it('ends the job where the client secret is wrong', async () => {
    const { sandbox, execute } = await startTools({ client: { clientSecret: 'wrong-secret' } });
    const outcome = await execute(sendMail);
    expect(outcome).toMatchObject({ kind: 'fatal', failure: { code: 'scalekit_unauthorized' } });
    expect(JSON.stringify(outcome)).not.toContain('wrong-secret');
    expect(sandbox.control.toolRequests().total).toBe(0);
  });

  it('is cut where its output is longer than a history can take', async () => {
    const { tools, execute } = await startTools({ client: { maxOutputCharacters: 20 } });
    await tools.isAccountActive(account, { fresh: false });
    expect(await execute(sendMail)).toMatchObject({
      kind: 'succeeded',
      output: { truncated: true, beginning: expect.stringMatching(/^\{"/) },
    });
  });
});
