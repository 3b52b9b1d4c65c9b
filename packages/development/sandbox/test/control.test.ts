import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { connectSandboxControl, startSandbox } from '../src/index.ts';
import { openAiFor, openSandbox, rejection, scalekitFor, toolClientFor } from './harness.ts';

const annsAccount = { identifier: 'ann', connection: 'slack' };
const postTool = {
  toolName: 'slack_send_message',
  identifier: 'ann',
  connector: 'slack',
  params: { channel: 'general', text: 'hello' },
};

describe('the control over HTTP', () => {
  it('shows and switches what the one in process does', async () => {
    const sandbox = await openSandbox();
    const control = connectSandboxControl(sandbox.origin);

    await control.setAccountStatus(annsAccount, 'ACTIVE');
    expect(await control.accounts()).toMatchObject([{ ...annsAccount, status: 'ACTIVE' }]);
    const client = await toolClientFor(sandbox);
    await client.executeTool(postTool);
    expect(await control.effects()).toMatchObject({
      total: 1,
      items: [{ tool: postTool.toolName }],
    });
    expect(await control.toolRequests()).toMatchObject({ total: 1 });

    const id = await control.addFault({ times: 2, effect: { kind: 'hang' } });
    expect(await control.faults()).toMatchObject([{ id, times: 2 }]);
    const held = client.executeTool(postTool);
    await expect.poll(() => control.held()).toHaveLength(1);
    expect(await control.release({ operation: 'ExecuteTool' })).toBe(1);
    await held;
    await control.clearFaults(id);

    await control.scriptModel([{ next: [{ text: 'scripted' }] }]);
    const completion = await openAiFor(sandbox).chat.completions.create({
      model: 'a/b',
      messages: [{ role: 'user', content: 'x' }],
    });
    expect(completion.choices[0]?.message.content).toBe('scripted');
    expect(await control.modelRequests()).toMatchObject({ items: [{ model: 'a/b', prompt: 'x' }] });

    await control.resetData();
    const history = await client.executeTool({
      ...postTool,
      toolName: 'slack_search_messages',
      params: { query: 'hello' },
    });
    expect(history.data).toMatchObject({ messages: { total: 0 } });
    await control.clearRecords();
    expect(await control.effects()).toMatchObject({ total: 0, items: [], counts: {} });
  });

  it('approves links and expires accounts', async () => {
    const sandbox = await openSandbox();
    const control = connectSandboxControl(sandbox.origin);
    const scalekit = scalekitFor(sandbox);
    const name = { connectionName: 'slack', identifier: 'ann' };
    await scalekit.actions.getOrCreateConnectedAccount(name);
    const { link } = await scalekit.actions.getAuthorizationLink({
      ...name,
      userVerifyUrl: 'http://localhost/callback',
      state: 's',
    });
    expect(await control.approve(link)).toMatch(
      /^http:\/\/localhost\/callback\?auth_request_id=.*&state=s$/,
    );
    expect(await control.accounts()).toMatchObject([{ status: 'PENDING_VERIFICATION' }]);
    await control.expireAccount(annsAccount);
    expect(await control.accounts()).toMatchObject([{ status: 'EXPIRED' }]);
    expect(((await rejection(control.approve(link))) as Error).message).toContain('used');
  });

  it('says what is wrong with a request', async () => {
    const sandbox = await openSandbox();
    const control = connectSandboxControl(sandbox.origin);
    const fault = control.addFault({ effect: { kind: 'earthquake' } } as never);
    expect(((await rejection(fault)) as Error).message).toContain('effect');
    const account = control.setAccountStatus({ identifier: 'a', connection: 'nope' }, 'ACTIVE');
    expect(((await rejection(account)) as Error).message).toContain('no connection nope');
  });

  it('is as freshly started after a reset', async () => {
    const sandbox = await openSandbox();
    const control = connectSandboxControl(sandbox.origin);
    await control.setAccountStatus(annsAccount, 'ACTIVE');
    await control.addFault({ effect: { kind: 'hang' } });
    await control.reset();
    expect([await control.accounts(), await control.faults()]).toEqual([[], []]);
  });
});

describe('bounds', () => {
  it('keeps the newest records and counts all', async () => {
    const sandbox = await openSandbox({ recordLimit: 3 });
    sandbox.control.setAccountStatus(annsAccount, 'ACTIVE');
    const client = await toolClientFor(sandbox);
    for (let index = 0; index < 8; index += 1) {
      await client.executeTool({
        ...postTool,
        params: { channel: 'general', text: `text ${index}` },
      });
    }
    const { items, total, counts } = sandbox.control.effects();
    expect(items.map((effect) => effect.arguments['text'])).toEqual(['text 5', 'text 6', 'text 7']);
    expect(total).toBe(8);
    expect(Object.keys(counts)).toHaveLength(3);
  });

  it('refuses bodies that are too large', async () => {
    const sandbox = await openSandbox();
    const response = await fetch(`${sandbox.origin}/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `client_id=${'x'.repeat(20_000)}`,
    });
    expect(response.status).toBe(413);
  });
});

describe('the origin', () => {
  it('marks every answer, and serves no unknown path', async () => {
    const sandbox = await openSandbox();
    const paths = ['/', '/nope', '/v1/nope', '/sandbox/effects'];
    const answers = await Promise.all(paths.map((path) => fetch(sandbox.origin + path)));
    expect(answers.map((answer) => answer.headers.get('x-pawl-sandbox'))).toEqual([
      '1',
      '1',
      '1',
      '1',
    ]);
    expect((await fetch(`${sandbox.origin}/nope`)).status).toBe(404);
  });

  it('refuses a port that is taken', async () => {
    const sandbox = await openSandbox();
    const port = Number(new URL(sandbox.origin).port);
    expect(await rejection(startSandbox({ port }))).toMatchObject({ code: 'EADDRINUSE' });
  });

  it('closes although connections are open, also one that has said nothing', async () => {
    const sandbox = await startSandbox();
    await scalekitFor(sandbox).actions.listConnections();
    const socket = connect(Number(new URL(sandbox.origin).port), '127.0.0.1');
    const closed = new Promise((resolve) => {
      socket.on('close', resolve);
      socket.on('error', () => {});
    });
    await new Promise((resolve) => {
      socket.on('connect', resolve);
    });
    await sandbox.close();
    await closed;
    expect(await rejection(fetch(sandbox.origin))).toBeInstanceOf(TypeError);
  });
});
