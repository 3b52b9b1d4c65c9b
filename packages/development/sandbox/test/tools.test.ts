import {
  isToolException,
  ScalekitBadRequestException,
  ScalekitNotFoundException,
  ScalekitToolUnauthorizedException,
} from '@scalekit-sdk/node';
import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../src/connectors/catalogue.ts';
import { loadTools, openSandbox, rejection, scalekitFor, toolClientFor } from './harness.ts';

const mail = { to: 'bob@example.com', subject: 'Hello', body: 'Hello Bob' };

async function activeUser(connections = ['gmail']) {
  const sandbox = await openSandbox({
    autoActive: true,
    connections: [{ keyId: 'gmail-work', connector: 'gmail' }],
  });
  const scalekit = scalekitFor(sandbox);
  for (const connectionName of connections) {
    await scalekit.actions.getOrCreateConnectedAccount({ connectionName, identifier: 'ann' });
  }
  const execute = (toolName: string, toolInput: Record<string, unknown>, connector = 'gmail') =>
    scalekit.actions.executeTool({ toolName, toolInput, connector, identifier: 'ann' });
  return { sandbox, scalekit, execute };
}

describe('listing tools', () => {
  it('loses tools for a client that does not page to the end', async () => {
    const { scalekit } = await activeUser();
    const page = await scalekit.tools.listScopedTools('ann', {
      filter: { connectionNames: ['gmail'] },
    });
    expect(page.tools).toHaveLength(25);
    expect(page.totalSize).toBe(56);
    expect(await loadTools(scalekit, 'ann', ['gmail'])).toHaveLength(56);
  });

  it('gives a well-formed schema with every tool', async () => {
    const { scalekit } = await activeUser(['gmail', 'github', 'slack']);
    const tools = await loadTools(scalekit, 'ann', ['gmail', 'github', 'slack']);
    const catalogue = loadCatalogue();
    const known = catalogue.connectors.flatMap((connector) => catalogue.toolsOf(connector));
    expect(tools.map((tool) => tool.function.name).toSorted()).toEqual(
      known.map(({ name }) => name).toSorted(),
    );
    const poor = tools.filter(
      ({ function: { description = '', parameters } }) =>
        description.length < 16 || parameters?.['type'] !== 'object',
    );
    expect(poor).toEqual([]);
  });

  it('lists for ACTIVE accounts only, and says the account but not the connection', async () => {
    const { sandbox, scalekit } = await activeUser(['gmail', 'slack']);
    sandbox.control.setAccountStatus({ identifier: 'ann', connection: 'slack' }, 'PENDING_AUTH');
    const { tools } = await scalekit.tools.listScopedTools('ann', {
      filter: { connectionNames: ['gmail', 'slack'] },
      pageSize: 100,
    });
    expect(new Set(tools.map(({ tool }) => tool?.provider))).toEqual(new Set(['GMAIL']));
    const [first] = tools;
    expect(first?.connectedAccountId).toMatch(/^ca_/);
    expect(Object.keys(first ?? {})).not.toContain('connection');
  });

  it('needs an identifier and a known connection', async () => {
    const { scalekit } = await activeUser();
    const none = scalekit.tools.listScopedTools('', { filter: {} });
    expect(await rejection(none)).toBeInstanceOf(ScalekitBadRequestException);
    const unknown = scalekit.tools.listScopedTools('ann', {
      filter: { connectionNames: ['nope'] },
    });
    expect(await rejection(unknown)).toBeInstanceOf(ScalekitNotFoundException);
  });

  it('answers listTools and listAvailableTools', async () => {
    const { scalekit } = await activeUser();
    const all = await scalekit.tools.listTools({ filter: { provider: 'SLACK' }, pageSize: 100 });
    expect(all.totalSize).toBe(82);
    const available = await scalekit.tools.listAvailableTools('ann', { pageSize: 10 });
    expect(available.tools).toHaveLength(10);
    expect(available.totalSize).toBe(56);
  });
});

describe('executing tools', () => {
  it('performs an effect on the data and records it once', async () => {
    const { sandbox, execute } = await activeUser();
    const { data, executionId } = await execute('gmail_send_message', mail);
    expect(executionId).toMatch(/^exec_/);
    const sent = await execute('gmail_fetch_mails', { query: 'in:sent to:bob@example.com' });
    expect(sent.data).toMatchObject({ messages: [{ id: data?.['id'], subject: 'Hello' }] });

    const effects = sandbox.control.effects();
    expect(effects.items).toMatchObject([
      { tool: 'gmail_send_message', identifier: 'ann', connection: 'gmail', arguments: mail },
    ]);
    expect(Object.values(effects.counts)).toEqual([1]);
    expect(sandbox.control.toolRequests().items.map((each) => each.performed)).toEqual([
      true,
      true,
    ]);
  });

  it('keeps the data of users and of connections apart', async () => {
    const { execute } = await activeUser(['gmail', 'gmail-work']);
    await execute('gmail_send_message', mail, 'gmail-work');
    const query = { query: 'in:sent' };
    expect((await execute('gmail_fetch_mails', query)).data).toMatchObject({ messages: [] });
    expect((await execute('gmail_fetch_mails', query, 'gmail-work')).data).toMatchObject({
      resultSizeEstimate: 1,
    });
  });

  it('counts equal calls of one agent run under one key', async () => {
    const { sandbox } = await activeUser();
    const client = await toolClientFor(sandbox);
    const call = {
      toolName: 'gmail_send_message',
      identifier: 'ann',
      connector: 'gmail',
      params: mail,
    };
    await client.executeTool({ ...call, agentRunId: 'run-1' });
    await client.executeTool({ ...call, agentRunId: 'run-1' });
    await client.executeTool({ ...call, agentRunId: 'run-2' });
    expect(Object.values(sandbox.control.effects().counts)).toEqual([2, 1]);
    expect(sandbox.control.effects().items[0]?.agentRunId).toBe('run-1');
  });

  it('answers a generic result for tools without data of their own, as effects if they write', async () => {
    const { sandbox, execute } = await activeUser();
    const list = await execute('gmail_list_filters', {});
    expect(list.data).toMatchObject({ sandbox: true, total: 3 });
    await execute('gmail_create_filter', { from: 'x@example.com' });
    expect(sandbox.control.effects().items.map((effect) => effect.tool)).toEqual([
      'gmail_create_filter',
    ]);
  });

  it.each([
    ['an unknown tool', 'gmail_list_messages', {}, 'UNKNOWN_TOOL'],
    ['a tool of another connector', 'slack_send_message', {}, 'UNKNOWN_TOOL'],
    ['a missing argument', 'gmail_send_message', { to: 'a@b.example' }, 'INVALID_ARGUMENTS'],
    [
      'an argument of the wrong type',
      'gmail_fetch_mails',
      { max_results: '5' },
      'INVALID_ARGUMENTS',
    ],
    [
      'an argument that it does not have',
      'gmail_fetch_mails',
      { maxResults: 5 },
      'INVALID_ARGUMENTS',
    ],
    ['an unknown message', 'gmail_get_message_by_id', { message_id: 'x' }, 'NOT_FOUND'],
    ['an address that is none', 'gmail_send_message', { ...mail, to: 'bob' }, 'INVALID_ARGUMENT'],
  ])('refuses %s with a tool error', async (_what, toolName, toolInput, code) => {
    const { sandbox, execute } = await activeUser();
    const error = await rejection(execute(toolName, toolInput));
    expect(isToolException(error) && error.toolErrorCode).toBe(code);
    expect(sandbox.control.effects().total).toBe(0);
    expect(sandbox.control.toolRequests().items).toMatchObject([
      { performed: false, outcome: 'failed' },
    ]);
  });

  it('refuses an account that is not active', async () => {
    const { sandbox, execute } = await activeUser();
    sandbox.control.expireAccount({ identifier: 'ann', connection: 'gmail' });
    const error = await rejection(execute('gmail_get_profile', {}));
    expect(error).toBeInstanceOf(ScalekitToolUnauthorizedException);
  });

  it('answers NotFound for an unknown connection or user', async () => {
    const { scalekit, execute } = await activeUser();
    expect(await rejection(execute('gmail_get_profile', {}, 'nope'))).toBeInstanceOf(
      ScalekitNotFoundException,
    );
    const stranger = scalekit.actions.executeTool({
      toolName: 'gmail_get_profile',
      toolInput: {},
      connector: 'gmail',
      identifier: 'stranger',
    });
    expect(await rejection(stranger)).toBeInstanceOf(ScalekitNotFoundException);
  });
});

describe('the proxy', () => {
  it('takes requests of actions.request once a token is there, and counts writes', async () => {
    const { sandbox, scalekit } = await activeUser();
    const target = {
      connectionName: 'gmail',
      identifier: 'ann',
      path: '/gmail/v1/users/me/profile',
    };
    const read = await scalekit.actions.request(target);
    expect(read.data).toMatchObject({ sandbox: true, method: 'GET' });
    await scalekit.actions.request({ ...target, method: 'POST', body: { a: 1 } });
    expect(sandbox.control.effects().total).toBe(1);
    const unauthenticated = await fetch(`${sandbox.origin}/proxy/x`);
    expect(unauthenticated.status).toBe(401);
  });
});
