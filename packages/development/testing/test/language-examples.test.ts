import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { repositoryRoot, startStack, webhookSecret } from '../src/start-stack.ts';

// examples/python, examples/go and examples/java as their READMEs say, against a whole stack.
const stack = startStack();
let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'pawl-examples-'));
});
// What Go keeps is read-only, so it is removed with force.
afterAll(() => rm(scratch, { recursive: true, force: true }));

interface Language {
  readonly name: string;
  /** Tells whether it is on this machine. */
  readonly probe: readonly [string, ...string[]];
  /** Run once before the programs. */
  readonly build?: () => readonly [string, ...string[]];
  readonly program: (name: 'job' | 'schedule' | 'receiver') => readonly [string, ...string[]];
}

const capitalized = { job: 'Job', schedule: 'Schedule', receiver: 'Receiver' } as const;

const languages: readonly Language[] = [
  { name: 'python', probe: ['python3', '--version'], program: (name) => ['python3', `${name}.py`] },
  {
    name: 'go',
    probe: ['go', 'version'],
    build: () => ['go', 'build', '-o', `${scratch}/`, './...'],
    program: (name) => [join(scratch, name)],
  },
  {
    name: 'java',
    probe: ['javac', '-version'],
    build: () => [
      'javac',
      '-d',
      join(scratch, 'java'),
      ...['Job', 'Json', 'Pawl', 'Receiver', 'Schedule'].map((name) => `${name}.java`),
    ],
    program: (name) => ['java', '-cp', join(scratch, 'java'), capitalized[name]],
  },
];

const isHere = ([command, ...words]: readonly [string, ...string[]]) =>
  spawnSync(command, words).status === 0;

for (const language of languages) {
  const { name, probe, build, program } = language;
  const directory = join(repositoryRoot, 'examples', name);
  const environment = (more: Readonly<Record<string, string>> = {}) => ({
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    GOPROXY: 'off',
    GOCACHE: join(scratch, 'go-cache'),
    PYTHONDONTWRITEBYTECODE: '1',
    ...more,
  });
  const run = ([command, ...words]: readonly [string, ...string[]]) =>
    new Promise<{ code: number; output: string }>((resolve) => {
      const env = environment({ PAWL_URL: stack.url() });
      execFile(command, words, { cwd: directory, env }, (error, stdout, stderr) => {
        const code = typeof error?.code === 'number' ? error.code : error === null ? 0 : -1;
        resolve({ code, output: stdout + stderr });
      });
    });

  describe.skipIf(!isHere(probe))(`examples/${name} (skipped where ${probe[0]} is missing)`, () => {
    beforeAll(async () => {
      const { code, output } = build === undefined ? { code: 0, output: '' } : await run(build());
      if (code !== 0) throw new Error(`${name} does not build:\n${output}`);
    });

    test('a job is posted, and its answer printed', async () => {
      const { code, output } = await run(program('job'));
      expect(output).toMatch(/^job_\w+\n.*unread/s);
      expect(code).toBe(0);
    });

    test('a schedule is made, run and deleted', async () => {
      const { code, output } = await run(program('schedule'));
      expect(output).toMatch(/^It will run at \d{4}-\S+\njob_\w+ completed\n$/);
      expect(code).toBe(0);
    });

    test('a webhook of Pawl is taken, and what is forged, old or changed is refused', async () => {
      const { url, lines } = await listen(program('receiver'), {
        cwd: directory,
        env: environment({ PORT: '0', WEBHOOK_SECRET: webhookSecret }),
      });
      const body = JSON.stringify({ type: 'job.completed', data: { id: 'job_0_é' } });
      expect(await send(url, body, {})).toBe(401);
      expect(await send(url, body, signed(body, { secret: 'another secret' }))).toBe(401);
      expect(await send(url, body, signed(body, { age: 301 }))).toBe(401);
      expect(await send(url, body, signed(body, { age: -301 }))).toBe(401);
      expect(await send(url, `${body} `, signed(body))).toBe(401);
      // Who hangs up on a body that is too long may be heard before the answer is.
      const tooLong = send(url, 'x'.repeat(2_000_001), {}).catch(() => 'hung up');
      expect([413, 'hung up']).toContain(await tooLong);
      expect(lines).toHaveLength(1);
      expect(await send(url, body, signed(body))).toBe(204);
      expect(await send(url, body, signed(body, { before: 'v1,AAAA v2,x ' }))).toBe(204);

      const posted = await fetch(`${stack.url()}/v1/jobs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ prompt: 'Hello!', connections: [], webhook: { url } }),
      });
      const { id } = (await posted.json()) as { id: string };
      await expect.poll(() => lines.at(-1)).toBe(`job.completed ${id}`);
    });
  });
}

interface Listening {
  readonly url: string;
  /** What it has printed, the line with its address first. */
  readonly lines: readonly string[];
}

async function listen(
  [command, ...words]: readonly [string, ...string[]],
  options: { readonly cwd: string; readonly env: Record<string, string> },
): Promise<Listening> {
  const child: ChildProcess = spawn(command, words, {
    ...options,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill());
  const lines: string[] = [];
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`${command} ${words.join(' ')} has ended`)));
    if (child.stdout === null) return;
    createInterface(child.stdout).on('line', (line) => {
      lines.push(line);
      if (line.startsWith('listening')) resolve();
    });
  });
  return { url: lines[0]?.split(' ').at(-1) ?? '', lines };
}

async function send(url: string, body: string, headers: Record<string, string>): Promise<number> {
  const response = await fetch(url, { method: 'POST', body, headers });
  return response.status;
}

interface Signing {
  /** Absent: that of the stack. */
  readonly secret?: string;
  /** Seconds ago. */
  readonly age?: number;
  /** Other signatures that stand before this one. */
  readonly before?: string;
}

/** The headers of a webhook by Standard Webhooks. */
function signed(
  body: string,
  { secret, age = 0, before = '' }: Signing = {},
): Record<string, string> {
  const key =
    secret === undefined ? Buffer.from(webhookSecret.slice('whsec_'.length), 'base64') : secret;
  const timestamp = String(Math.floor(Date.now() / 1_000) - age);
  const hash = createHmac('sha256', key).update(`evt_1.${timestamp}.${body}`).digest('base64');
  return {
    'webhook-id': 'evt_1',
    'webhook-timestamp': timestamp,
    'webhook-signature': `${before}v1,${hash}`,
  };
}
