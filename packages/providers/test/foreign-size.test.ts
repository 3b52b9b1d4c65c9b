import type { IncomingMessage, ServerResponse } from 'node:http';
import { createGzip } from 'node:zlib';
import { nameTools } from '@pawl/engine';
import type { FaultInput } from '@pawl/sandbox';
import { describe, expect, it, test } from 'vitest';
import { startModel, startModelAt } from './harness/start-model.ts';
import { account, fetchMails, sendMail, startTools } from './harness/start-tools.ts';

const maxAnswerBytes = 500_000;
const megabyte = 1_048_576;
const client = { maxAnswerBytes };

type Effect = FaultInput['effect'];
const oversize = (megabytes: number, compressed: boolean): Effect => ({
  kind: 'oversize_answer',
  bytes: megabytes * megabyte,
  compressed,
});

const deepAnswer = (levels: number): FaultInput => ({
  match: { operation: 'ExecuteTool' },
  when: 'after-effect',
  effect: { kind: 'deep_answer', levels },
});

/** Bodies without end, and how many bytes of them have left. */
function endless(status: number, encoding?: 'gzip') {
  const sent = { requests: 0, bytes: 0 };
  const listener = (_request: IncomingMessage, response: ServerResponse) => {
    sent.requests += 1;
    response.writeHead(status, encoding === undefined ? {} : { 'content-encoding': encoding });
    const body = encoding === undefined ? response : createGzip();
    if (body !== response) body.pipe(response);
    const letters = Buffer.alloc(65_536, 'a');
    const go = () => {
      while (!response.destroyed && sent.bytes < 700 * megabyte) {
        sent.bytes += letters.length;
        if (!body.write(letters)) {
          body.once('drain', go);
          return;
        }
      }
    };
    go();
  };
  return { sent, listener };
}

describe('a model’s answer that is too large', () => {
  test.each([undefined, 'gzip'] as const)(
    'is not read, and not asked for again (encoding: %s)',
    async (encoding) => {
      const { sent, listener } = endless(200, encoding);
      const { ask } = await startModelAt(listener, client);
      expect(await ask()).toEqual({
        kind: 'other_model',
        failure: {
          code: 'model_answer_too_large',
          message: expect.stringContaining('more than 500000 bytes'),
          retryable: false,
        },
      });
      expect(sent.requests).toBe(1);
      // What is beyond the bound waits in buffers of the two sockets.
      expect(sent.bytes).toBeLessThan(64 * megabyte);
    },
  );

  it('is read at its beginning where it says what is wrong', async () => {
    const { sent, listener } = endless(503);
    const { ask } = await startModelAt(listener, client);
    expect(await ask()).toMatchObject({
      kind: 'transient',
      failure: { code: 'model_unavailable', message: expect.stringContaining('aaaa') },
    });
    expect(sent.bytes).toBeLessThan(64 * megabyte);
  });

  test.each([false, true])(
    'comes from the sandbox as well (compressed: %s)',
    async (compressed) => {
      const { sandbox, ask } = await startModel({ client });
      sandbox.control.addFault({
        match: { operation: 'model' },
        effect: oversize(700, compressed),
      });
      expect(await ask()).toMatchObject({ failure: { code: 'model_answer_too_large' } });
    },
  );

  it('is one that is as large as it may be', async () => {
    const { sandbox, ask } = await startModel({ client });
    const text = 'b'.repeat(maxAnswerBytes - 2_000);
    sandbox.control.scriptModel([{ next: [{ text }] }]);
    expect(await ask()).toMatchObject({ kind: 'reply', reply: { message: { content: text } } });
  });
});

describe('a tool’s answer that is too large', () => {
  test.each([
    [fetchMails, false],
    [fetchMails, true],
    [sendMail, false],
    [sendMail, true],
  ])('says that the call was made, once: %o (compressed: %s)', async (call, compressed) => {
    const { sandbox, execute, tools, effects } = await startTools({ client });
    await tools.isAccountActive(account, { fresh: false });
    sandbox.control.addFault({
      match: { operation: 'ExecuteTool' },
      when: 'after-effect',
      times: 'always',
      effect: oversize(42, compressed),
    });
    expect(await execute(call)).toEqual({
      kind: 'succeeded',
      output: { truncated: true, notice: expect.stringContaining('was called and has answered') },
    });
    expect(sandbox.control.toolRequests().total).toBe(1);
    expect(effects()).toBe(call.effect === 'writes' ? 1 : 0);
  });

  test.each([
    ['a list of tools', 'ListScopedTools'],
    ['an account', 'GetConnectedAccountAuth'],
    ['a list of connections', 'ListAppConnections'],
  ])('is %s: the look-up fails for good', async (_name, operation) => {
    const { sandbox, tools } = await startTools({ client });
    // Larger than the limit, and small enough for a busy machine: a look-up has two seconds.
    sandbox.control.addFault({ match: { operation }, times: 'always', effect: oversize(1, true) });
    const look = {
      ListScopedTools: () => tools.listTools(account),
      GetConnectedAccountAuth: () => tools.isAccountActive(account, { fresh: true }),
      ListAppConnections: () => tools.connections(),
    }[operation];
    expect(await look?.()).toMatchObject({
      kind: 'fatal',
      failure: { code: 'scalekit_answer_too_large', retryable: false },
    });
    expect(sandbox.control.faults()[0]?.struck).toBe(1);
  });

  test.each([fetchMails, sendMail])('is a token: %o is not made', async (call) => {
    const { sandbox, execute } = await startTools({ client });
    const match = { operation: 'token' };
    sandbox.control.addFault({ match, times: 'always', effect: oversize(700, false) });
    const outcome = await execute(call);
    expect(outcome).toMatchObject({
      kind: 'fatal',
      failure: { code: 'scalekit_answer_too_large' },
    });
    expect(sandbox.control.toolRequests().total).toBe(0);
  });
});

describe('a tool’s result that is nested deeply', () => {
  test.each([fetchMails, sendMail])('is given as text: %o', async (call) => {
    const { sandbox, tools, execute } = await startTools();
    await tools.isAccountActive(account, { fresh: false });
    sandbox.control.addFault(deepAnswer(90));
    expect(await execute(call)).toEqual({
      kind: 'succeeded',
      output: {
        notice: expect.stringContaining('deeper than 64 levels'),
        text: expect.stringContaining('"the innermost"'),
      },
    });
    expect(sandbox.control.toolRequests().total).toBe(1);
  });

  test.each([fetchMails, sendMail])('is not read beyond 500 levels: %o', async (call) => {
    const { sandbox, tools, execute } = await startTools();
    await tools.isAccountActive(account, { fresh: false });
    sandbox.control.addFault(deepAnswer(700));
    expect(await execute(call)).toEqual({
      kind: 'succeeded',
      output: { truncated: true, notice: expect.stringContaining('nested too deeply') },
    });
    expect(sandbox.control.toolRequests().total).toBe(1);
  });

  it('is a schema, or one that is too large: the tool cannot be offered', async () => {
    let deep: Record<string, never> | { not: unknown } = {};
    for (let level = 0; level < 80; level += 1) deep = { not: deep };
    const required = Array.from({ length: 20_000 }, (_, index) => `name${index}`);
    const large = { anyOf: [{ required }, { required }] };
    const toolSchemas = { gmail_fetch_mails: deep as never, gmail_get_profile: large };
    const { tools } = await startTools({ sandbox: { autoActive: true, toolSchemas } });
    await tools.isAccountActive(account, { fresh: false });
    const listed = await tools.listTools(account);
    const named = nameTools(listed.kind === 'found' ? listed.value : []);
    expect(named.leftOut.map(({ name }) => name).toSorted()).toEqual([
      'gmail_fetch_mails',
      'gmail_get_profile',
    ]);
    expect(named.tools.map(({ name }) => name)).toContain('gmail_send_message');
  });
});

describe('100 Continue that nobody asked for', () => {
  it('does not keep a model from answering', async () => {
    const { sandbox, ask } = await startModel();
    const effect: Effect = { kind: 'unasked_continue' };
    sandbox.control.addFault({ match: { operation: 'model' }, times: 'always', effect });
    for (const _ of [1, 2]) expect(await ask()).toMatchObject({ kind: 'reply' });
  });

  test.each([fetchMails, sendMail])('does not keep a tool from answering: %o', async (call) => {
    const { sandbox, tools, execute } = await startTools();
    await tools.isAccountActive(account, { fresh: false });
    sandbox.control.expireTokens();
    sandbox.control.addFault({ times: 'always', effect: { kind: 'unasked_continue' } });
    expect(await execute(call)).toMatchObject({ kind: 'succeeded' });
    // The new token, and the call.
    expect(sandbox.control.faults()[0]?.struck).toBe(2);
  });
});
