import type { ToolInvocation } from '@pawl/engine';
import { afterAll, describe, expect, it } from 'vitest';
import { startEverythingServer } from './harness/everything-server.ts';
import { startSource, type SourceUnderTest } from './harness/sources.ts';

const everything = await startEverythingServer();
afterAll(everything.close);

const accountOf = ({ connection }: SourceUnderTest) => ({
  tenant: 'default',
  user: 'user_123',
  connection,
});

function execute(
  started: SourceUnderTest,
  call: Pick<ToolInvocation, 'tool' | 'arguments'>,
  signal = new AbortController().signal,
) {
  const identity = { jobId: 'job_0_test', callId: 'call_0_test-0-0', effect: 'writes' } as const;
  return started.source.execute({ ...accountOf(started), ...identity, ...call }, signal);
}

/** What every source keeps to. */
describe.each(Object.entries(startSource))('the source of tools: %s', (_name, startAt) => {
  const start = () => startAt(everything.port);

  it('names its connection, and says that the account is active', async () => {
    const started = await start();
    const connections = await started.source.connections();
    expect(connections).toMatchObject({
      kind: 'found',
      value: expect.arrayContaining([
        expect.objectContaining({ name: started.connection, type: started.type }),
      ]),
    });
    expect(await started.source.isAccountActive(accountOf(started), { fresh: true })).toEqual({
      kind: 'found',
      value: true,
    });
  });

  it('lists each tool once, with its connection and a schema', async () => {
    const started = await start();
    await started.source.isAccountActive(accountOf(started), { fresh: false });
    const listed = await started.source.listTools(accountOf(started));
    if (listed.kind !== 'found') throw new Error(listed.failure.message);
    const names = listed.value.map(({ name }) => name);
    expect(names).toContain(started.succeeds.tool);
    expect(new Set(names).size).toBe(names.length);
    for (const tool of listed.value) {
      expect(tool.connection).toBe(started.connection);
      expect(tool.inputSchema).toMatchObject({ type: 'object' });
    }
  });

  it('makes a call, and answers what came of it', async () => {
    const started = await start();
    await started.source.isAccountActive(accountOf(started), { fresh: false });
    expect(await execute(started, started.succeeds)).toEqual({
      kind: 'succeeded',
      output: started.succeeds.answer,
    });
  });

  it('hands on what a tool says that has failed', async () => {
    const started = await start();
    await started.source.isAccountActive(accountOf(started), { fresh: false });
    expect(await execute(started, started.fails)).toMatchObject({
      kind: 'failed',
      failure: { message: expect.stringContaining(started.fails.says) },
    });
  });

  it('sends nothing of a call that was stopped before', async () => {
    const started = await start();
    expect(await execute(started, started.succeeds, AbortSignal.abort())).toMatchObject({
      kind: 'not_executed',
      failure: { code: 'tool_aborted' },
    });
  });

  it('does not know what came of a call that was stopped in its midst', async () => {
    const started = await start();
    await started.source.isAccountActive(accountOf(started), { fresh: false });
    const controller = new AbortController();
    const outcome = execute(started, started.slow, controller.signal);
    await started.arrived(started.slow.tool);
    controller.abort();
    expect(await outcome).toMatchObject({ kind: 'unknown', failure: { code: 'tool_aborted' } });
  });

  it('does not know what came of a call whose answer was lost', async () => {
    const started = await start();
    await started.source.isAccountActive(accountOf(started), { fresh: false });
    started.proxy.loseAnswers();
    expect(await execute(started, started.succeeds)).toMatchObject({ kind: 'unknown' });
  });

  it('knows that nothing happened where nobody listens', async () => {
    const started = await start();
    await started.proxy.stop();
    expect(await execute(started, started.succeeds)).toMatchObject({ kind: 'not_executed' });
    const active = await started.source.isAccountActive(accountOf(started), { fresh: true });
    // A function needs no account: nobody is asked.
    expect(active.kind).toBe(started.type === 'functions' ? 'found' : 'transient');
  });

  it('does not read an answer that is too large, and does not ask for it again', async () => {
    const started = await start();
    await started.source.isAccountActive(accountOf(started), { fresh: false });
    expect(await execute(started, started.tooLarge)).toMatchObject({
      kind: 'succeeded',
      output: { truncated: true },
    });
  });
});
