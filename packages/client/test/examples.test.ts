import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createPawlClient } from '../src/index.ts';
import { runProgram, startProgram } from './run-program.ts';
import { repositoryRoot, startStack, webhookSecret } from '@pawl/testing';

const stack = startStack();

const example = (name: string) => join(repositoryRoot, 'examples/client', name);
const run = (name: string, ...words: string[]) =>
  runProgram([example(name), ...words], { PAWL_URL: stack.url() });

test('create-and-wait.mjs prints the answer and what was done for it', async () => {
  const { code, output } = await run('create-and-wait.mjs');
  expect(output).toMatch(/turn 0\n {2}gmail_\w+: succeeded\nturn 1\n.*unread/s);
  expect(code).toBe(0);
});

test('stream.mjs prints what happens, and the answer', async () => {
  const { code, output } = await run('stream.mjs');
  expect(output).toMatch(/job\.started\n.*calling gmail_\w+\n.*job\.completed\n.*unread/s);
  expect(code).toBe(0);
});

test('approve.mjs asks before it sends', async () => {
  const approved = await run('approve.mjs');
  expect(approved.output).toMatch(/^gmail_send_\w+ \{.*bob@example\.com/);
  expect(approved.code).toBe(0);
  const rejected = await run('approve.mjs', 'reject');
  expect(rejected.output).toMatch(/^gmail_send_\w+ \{/);
  expect(rejected.code).toBe(0);
});

test('schedule.mjs runs the job of its schedule', async () => {
  const { code, output } = await run('schedule.mjs');
  expect(output).toMatch(/^It will run at \d{4}-.*job_\w+ completed\n$/s);
  expect(code).toBe(0);
});

test('webhook-receiver.mjs takes what is signed, and nothing else', async () => {
  const environment = { PORT: '0', WEBHOOK_SECRET: webhookSecret };
  const lines = await startProgram([example('webhook-receiver.mjs')], environment);
  const url = lines[0]?.split(' ').at(-1) ?? '';
  expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(401);
  const client = createPawlClient({ baseUrl: stack.url() });
  const job = await client.jobs.create({ prompt: 'Hello!', connections: [], webhook: { url } });
  await expect.poll(() => lines.at(-1)).toContain(`job.completed ${job.id}`);
  await expect
    .poll(async () => (await client.webhookDeliveries.list({ job: job.id })).data)
    .toMatchObject([{ status: 'succeeded', response_code: 204 }]);
});

test('the examples of the README run, one after the other', async () => {
  const text = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const blocks = [...text.matchAll(/^```js\n(.*?)^```/gms)].map(([, block = '']) => block);
  const lines = blocks.map((block) => block.split('\n'));
  const imports = lines.flat().filter((line) => line.startsWith('import '));
  const [first = '', ...others] = lines.map((block) =>
    block.filter((line) => !line.startsWith('import ')).join('\n'),
  );
  const program = [...new Set(imports), first, ...others.map((block) => `{\n${block}\n}`)].join(
    '\n',
  );
  const words = [
    '--input-type=module',
    '--eval',
    program.replace(/http:\/\/localhost:3000/g, stack.url()),
  ];
  const { code, output } = await runProgram(words, { WEBHOOK_SECRET: webhookSecret });
  expect(output).not.toMatch(/error/i);
  expect(code).toBe(0);
  expect(blocks.length).toBeGreaterThan(5);
});
