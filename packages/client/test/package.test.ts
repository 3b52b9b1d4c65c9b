import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProgram } from './run-program.ts';

const source = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);
let folder: string;
let installed: string;

// What would be published, unpacked as npm would install it: it has no dependencies.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pawl-package-'));
  const words = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const { stdout } = await run('npm', words, { cwd: source });
  const packed: unknown = JSON.parse(stdout);
  const [{ filename }] = Object.values(packed as object) as [{ filename: string }];
  await run('tar', ['-xzf', join(folder, filename)], { cwd: folder });
  installed = join(folder, 'node_modules/@pawl/client');
  await cp(join(folder, 'package'), installed, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
});
afterAll(() => rm(folder, { recursive: true }));

const filesOf = (directory: string) => readdir(directory, { recursive: true });

test('it holds the build, its sources, README and licence, and no tests', async () => {
  const files = await filesOf(installed);
  expect(files).toEqual(
    expect.arrayContaining([
      'LICENSE',
      'README.md',
      'dist/index.js',
      'dist/index.d.ts',
      'src/index.ts',
    ]),
  );
  expect(files.filter((file) => /\.test\.|^test/.test(file))).toEqual([]);
});

test('it may be published, and needs no other package', async () => {
  const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
  expect(manifest).not.toHaveProperty('private');
  expect(manifest).not.toHaveProperty('dependencies');
  for (const file of await filesOf(join(installed, 'dist'))) {
    if (!file.endsWith('.js')) continue;
    const text = await readFile(join(installed, 'dist', file), 'utf8');
    expect(text.match(/from '(?!\.{1,2}\/)|\brequire\(|\bimport\(|node:/g)).toBeNull();
  }
});

test('a program imports it by its name', async () => {
  const program = `
    import { createPawlClient, PawlConnectionError, verifyWebhook } from '@pawl/client';
    const client = createPawlClient({ baseUrl: 'http://127.0.0.1:9', retry: { retries: 0 } });
    const error = await client.jobs.get('job_0_a').catch((thrown) => thrown);
    console.log(error instanceof PawlConnectionError, verifyWebhook.name);`;
  await writeFile(join(folder, 'program.js'), program);
  const { output } = await runProgram(['program.js'], {}, folder);
  expect(output).toBe('true verifyWebhook\n');
});

test('a program in TypeScript has its types', async () => {
  const program = `
    import { createPawlClient, type Job, type JobRequest, verifyWebhook } from '@pawl/client';
    const client = createPawlClient({ baseUrl: 'http://localhost:3000', apiKey: undefined });
    const request: JobRequest = { prompt: 'Hi.', limits: { turns: 3 } };
    const job: Job = await client.jobs.create(request);
    // @ts-expect-error: no such field
    await client.jobs.create({ prompt: 'Hi.', turns: 3 });
    for await (const event of client.jobs.stream(job.id)) {
      if (event.type === 'tool_call.failed') event.code satisfies string;
    }
    for await (const { name } of client.agents.list({ limit: 3 })) name satisfies string;
    const event = await verifyWebhook('', new Headers(), 'whsec_');
    if (event.type === 'job.completed') event.data.result?.text satisfies string | undefined;`;
  await writeFile(join(folder, 'program.ts'), program);
  await writeFile(join(folder, 'by-task.ts'), await examplesByTask());
  const options = {
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    target: 'ES2022',
    lib: ['ES2022', 'DOM'],
    types: [],
    module: 'nodenext',
  };
  const settings = { compilerOptions: options, files: ['program.ts', 'by-task.ts'] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(settings));
  const compiler = join(source, 'node_modules/typescript/bin/tsc');
  const { output } = await runProgram([compiler, '-p', folder]);
  expect(output).toBe('');
});

/** What the documentation does with the client, each example in a function of its own. */
async function examplesByTask(): Promise<string> {
  const text = await readFile(join(source, '../../docs/api.md'), 'utf8');
  const blocks = [...text.matchAll(/^```ts\n(.*?)^```/gms)].map(([, block = '']) => block);
  expect(blocks.length).toBeGreaterThan(5);
  const functions = blocks.map(
    (block, index) => `export async function task${index}() {\n${block}}`,
  );
  return `
    import { createPawlClient } from '@pawl/client';
    const client = createPawlClient({ baseUrl: 'http://localhost:3000' });
    declare const id: string, secret: string, conversation: string;
    ${functions.join('\n')}`;
}
