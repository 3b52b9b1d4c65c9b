import { describe, expect, it } from 'vitest';
import { account, fetchMails, startTools, toolTimeout } from './harness/start-tools.ts';
import { stopTheClock } from './harness/stop-the-clock.ts';

describe('a tool that reads', () => {
  it('answers its output', async () => {
    const { sandbox, tools, execute } = await startTools();
    await tools.isAccountActive(account, { fresh: false });
    const outcome = await execute(fetchMails);
    expect(outcome).toMatchObject({ kind: 'succeeded' });
    expect(sandbox.control.toolRequests().items).toMatchObject([
      { tool: fetchMails.tool, connection: 'gmail', identifier: 'user_123' },
    ]);
    expect(sandbox.control.effects().total).toBe(0);
  });

  it('is called with the connection that it belongs to', async () => {
    const { sandbox, tools, execute } = await startTools({
      sandbox: { autoActive: true, connections: [{ keyId: 'gmail-work', connector: 'gmail' }] },
    });
    const work = { ...account, connection: 'gmail-work' };
    await tools.isAccountActive(account, { fresh: false });
    await tools.isAccountActive(work, { fresh: false });
    expect(await execute({ ...fetchMails, ...work })).toMatchObject({ kind: 'succeeded' });
    expect(sandbox.control.toolRequests().items).toMatchObject([{ connection: 'gmail-work' }]);
  });

  it('is repeated by the SDK where Scalekit is away for a moment', async () => {
    const { sandbox, tools, execute } = await startTools();
    await tools.isAccountActive(account, { fresh: false });
    sandbox.control.addFault({
      match: { operation: 'ExecuteTool' },
      effect: { kind: 'grpc_status', code: 'Unavailable' },
    });
    expect(await execute(fetchMails)).toMatchObject({ kind: 'succeeded' });
    expect(sandbox.control.toolRequests().total).toBe(2);
  });

  it('has an unknown outcome where its answer is lost', async () => {
    const { sandbox, tools, execute } = await startTools();
    await tools.isAccountActive(account, { fresh: false });
    sandbox.control.addFault({
      match: { operation: 'ExecuteTool' },
      effect: { kind: 'drop_connection' },
    });
    expect(await execute(fetchMails)).toMatchObject({
      kind: 'unknown',
      failure: { code: 'tool_answer_lost' },
    });
  });

  it('has an unknown outcome when its time runs out', async () => {
    const { sandbox, tools, execute } = await startTools();
    await tools.isAccountActive(account, { fresh: false });
    sandbox.control.addFault({ match: { operation: 'ExecuteTool' }, effect: { kind: 'hang' } });
    const letTimePass = stopTheClock();
    const late = execute(fetchMails);
    await expect.poll(() => sandbox.control.held()).toHaveLength(1);
    await letTimePass(toolTimeout);
    expect(await late).toMatchObject({ kind: 'unknown', failure: { code: 'tool_timeout' } });
  });

  it('has an unknown outcome when it is stopped', async () => {
    const { sandbox, tools, execute } = await startTools();
    await tools.isAccountActive(account, { fresh: false });
    sandbox.control.addFault({ match: { operation: 'ExecuteTool' }, effect: { kind: 'hang' } });
    const controller = new AbortController();
    const stopped = execute(fetchMails, controller.signal);
    await expect.poll(() => sandbox.control.held()).toHaveLength(1);
    controller.abort();
    expect(await stopped).toMatchObject({ kind: 'unknown', failure: { code: 'tool_aborted' } });
  });

  it('was not executed when it is stopped before it was sent', async () => {
    const { sandbox, execute } = await startTools();
    expect(await execute(fetchMails, AbortSignal.abort())).toMatchObject({
      kind: 'not_executed',
      failure: { code: 'tool_aborted' },
    });
    expect(sandbox.control.toolRequests().total).toBe(0);
  });

  it('hands the tool’s own words to the model', async () => {
    const { tools, execute } = await startTools();
    await tools.isAccountActive(account, { fresh: false });
    const call = { tool: 'gmail_get_message_by_id', arguments: { message_id: 'none' } };
    expect(await execute({ ...call, effect: 'reads' })).toMatchObject({
      kind: 'failed',
      failure: { code: 'tool_failed', message: 'NOT_FOUND: Message not found: none' },
    });
  });

  it('was not executed where the tool asks for fewer requests', async () => {
    const { sandbox, tools, execute } = await startTools();
    await tools.isAccountActive(account, { fresh: false });
    sandbox.control.addFault({
      match: { operation: 'ExecuteTool' },
      effect: { kind: 'grpc_status', code: 'ResourceExhausted', toolErrorCode: 'SLOW_DOWN' },
    });
    expect(await execute(fetchMails)).toMatchObject({
      kind: 'not_executed',
      failure: { code: 'tool_rate_limited' },
    });
  });

  it('finds the account inactive', async () => {
    const { sandbox, tools, execute } = await startTools();
    await tools.isAccountActive(account, { fresh: false });
    sandbox.control.expireAccount({ identifier: 'user_123', connection: 'gmail' });
    expect(await execute(fetchMails)).toMatchObject({ kind: 'account_inactive' });
  });

  it('ends the job where the client secret is wrong', async () => {
    const { execute } = await startTools({ client: { clientSecret: 'wrong-secret' } });
    expect(await execute(fetchMails)).toMatchObject({
      kind: 'fatal',
      failure: { code: 'scalekit_unauthorized' },
    });
  });
});
