import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { scripted, startTestWorker } from './harness/start-test-worker.ts';

interface SentMessage {
  readonly role: string;
  readonly content: string | null;
  readonly tool_calls?: {
    readonly id: string;
    readonly function: { readonly arguments: string };
  }[];
  readonly [field: string]: unknown;
}

// The sandbox's endpoint refuses what the strictest real ones refuse: a job that completes has sent nothing of it.
const worker = await startTestWorker(testRedis(), {
  sandbox: {
    endpoint: { models: { 'strict/two': { knownMessageFields: true, nineCharacterIds: true } } },
  },
});
const string = { type: 'string' };
const odd = await startTestWorker(testRedis(), {
  sandbox: {
    endpoint: { plainSchemas: true },
    toolSchemas: {
      gmail_get_profile: {},
      gmail_list_labels: { type: 'object', required: null },
      gmail_list_drafts: { type: 'array', items: string },
      gmail_get_contacts: {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        properties: { pair: { type: 'array', prefixItems: [string, { $ref: '#/$defs/n' }] } },
        $defs: { n: { type: 'integer', exclusiveMinimum: 0 } },
      },
      gmail_search_people: {
        anyOf: [
          { properties: { $filter: string }, required: ['$filter'] },
          { properties: { query: { type: ['string', 'null'] } }, required: ['query'] },
        ],
      },
    },
  },
});
const { control } = worker;

const conversationOf = async (job: string) => (await worker.store.readJob(job))?.conversation;
const sentFor = (prompt: string): SentMessage[] => {
  const request = control.modelRequests().items.findLast((each) => each.prompt.includes(prompt));
  return (request?.body as { messages: SentMessage[] } | undefined)?.messages ?? [];
};

/** A later job of the conversation, which must be answered. */
async function goesOn(conversation: string | undefined, text: string): Promise<SentMessage[]> {
  const prompt = scripted([{ text }]);
  const job = await worker.post({ prompt, conversation, connections: [] });
  expect(await worker.ended(job)).toMatchObject({ status: 'completed', text });
  return sentFor(prompt);
}

test.each([
  ['malformed', '{"max_results": 5'],
  ['empty', ''],
  ['a number', '7'],
  ['a list', '[1]'],
  ['half an emoji', '{"query":"\\ud83d"}'],
  ['an object within an object, and so on', `${'{"a":'.repeat(500)}1${'}'.repeat(500)}`],
])('arguments that are %s spoil neither their job nor the conversation', async (name, written) => {
  const call = { tool: 'gmail_fetch_mails', arguments: written };
  const text = `Answered after ${name}.`;
  const job = await worker.post({ prompt: scripted([[call], { text }]) });
  expect(await worker.ended(job)).toMatchObject({ status: 'completed', text });
  const messages = await goesOn(await conversationOf(job), `Later, after ${name}.`);
  const [sent] = messages.flatMap(({ tool_calls: calls }) => calls ?? []);
  expect(JSON.parse(sent?.function.arguments ?? '')).toBeTypeOf('object');
});

test('an answer that ends in half an emoji goes back whole', async () => {
  const job = await worker.post({ prompt: scripted([{ text: 'Nice \ud83d' }]), connections: [] });
  await worker.ended(job);
  const messages = await goesOn(await conversationOf(job), 'Go on after half an emoji.');
  expect(messages[1]?.content).toBe('Nice \ufffd');
});

test('a conversation goes on after a job that failed without an answer', async () => {
  control.addFault({
    match: { operation: 'model', promptIncludes: 'the job that fails' },
    effect: { kind: 'http_status', status: 401 },
  });
  const job = await worker.post({ prompt: 'the job that fails', connections: [] });
  expect(await worker.ended(job)).toMatchObject({ status: 'failed' });
  const messages = await goesOn(await conversationOf(job), 'After the failure.');
  expect(messages.map(({ role, content }) => [role, content]).slice(0, 2)).toEqual([
    ['user', 'the job that fails'],
    ['assistant', '(No answer: the job failed with model_unauthorized.)'],
  ]);
});

test('after a fallback the other model gets nothing that only the first one understands', async () => {
  const prompt = 'Think, then fall back.';
  const id = `call_${'x'.repeat(35)}`;
  control.scriptModel([
    {
      match: { model: 'first/one', promptIncludes: prompt },
      next: [
        {
          toolCalls: [{ id, name: 'gmail_get_profile', arguments: {} }],
          reasoningDetails: [{ type: 'reasoning.encrypted', data: 'opaque' }],
        },
      ],
    },
    { match: { model: 'strict/two', promptIncludes: prompt }, next: [{ text: 'From the other.' }] },
  ]);
  const stop = control.on('model.after_answer', ({ model }) => {
    if (model !== 'first/one') return;
    const effect = { kind: 'http_status', status: 402 } as const;
    control.addFault({ match: { operation: 'model', model: 'first/one' }, effect });
  });
  const job = await worker.post({ prompt, model: 'first/one', fallback_models: ['strict/two'] });
  expect(await worker.ended(job)).toMatchObject({ status: 'completed', text: 'From the other.' });
  stop();
  const [, asked, answered] = sentFor(prompt);
  expect(Object.keys(asked ?? {})).toEqual(['role', 'content', 'tool_calls']);
  expect(asked?.tool_calls?.[0]?.id).toMatch(/^[a-z0-9]{9}$/);
  expect(answered?.['tool_call_id']).toBe(asked?.tool_calls?.[0]?.id);
});

test('ids that are longer than 40 characters are shortened, and the call’s record keeps its own', async () => {
  const prompt = 'A long id.';
  const id = `call_${'y'.repeat(60)}`;
  control.scriptModel([
    {
      match: { promptIncludes: prompt },
      turns: [
        { toolCalls: [{ id, name: 'gmail_get_profile', arguments: {} }] },
        { text: 'With a short one.' },
      ],
    },
  ]);
  const job = await worker.post({ prompt });
  expect(await worker.ended(job)).toMatchObject({ status: 'completed', text: 'With a short one.' });
  const steps = await worker.steps(job);
  expect(steps.find(({ type }) => type === 'tool_call')).toMatchObject({ id });
});

test('a number whose digits would be lost is not sent to the tool: the model is told', async () => {
  const label = '2512292042121000001';
  const call = { tool: 'gmail_fetch_mails', arguments: `{"max_results":${label}}` };
  const prompt = scripted([[call], { text: 'Then as a string.' }]);
  const job = await worker.post({ prompt });
  expect(await worker.ended(job)).toMatchObject({ status: 'completed' });
  const steps = await worker.steps(job);
  expect(steps.find(({ type }) => type === 'tool_call')).toMatchObject({
    status: 'refused',
    error: { code: 'inexact_number' },
  });
  const [, , answer] = sentFor(prompt);
  expect(answer?.content).toContain(label);
  expect(
    control.toolRequests().items.some((each) => JSON.stringify(each).includes('25122920')),
  ).toBe(false);
});

test('a job without tools goes on after one with calls', async () => {
  const call = { tool: 'gmail_get_profile', arguments: {} };
  const job = await worker.post({ prompt: scripted([[call], { text: 'Here it is.' }]) });
  await worker.ended(job);
  await goesOn(await conversationOf(job), 'And without tools.');
  const request = control
    .modelRequests()
    .items.findLast(({ prompt }) => prompt.includes('And without tools.'));
  expect(request?.body).toMatchObject({
    tool_choice: 'none',
    tools: [{ function: { name: 'gmail_get_profile' } }],
  });
});

const given = (input: object) => ({ tool: 'gmail_search_people', arguments: input });

test('tools with odd schemas spoil nothing: each is offered as endpoints take it, or left out', async () => {
  const prompt = scripted([[given({ _filter: 'Ada' }), given({})], { text: 'Found.' }]);
  const job = await odd.post({ prompt });
  expect(await odd.ended(job)).toMatchObject({ status: 'completed', text: 'Found.' });
  // Checked against the tool's own schema, and sent by the tool's own names.
  const [, right, wrong] = await odd.steps(job);
  expect(right).toMatchObject({ input: { $filter: 'Ada' } });
  expect(wrong).toMatchObject({ status: 'refused', error: { code: 'invalid_arguments' } });
  const [request] = odd.control.modelRequests().items;
  expect(request?.toolNames).toContain('gmail_search_people');
  expect(request?.toolNames).not.toContain('gmail_list_drafts');
  const warning = odd.lines.filter((line) => line.includes('tool left out'));
  expect(warning).toHaveLength(1);
  expect(warning[0]).toContain('gmail_list_drafts');
});
