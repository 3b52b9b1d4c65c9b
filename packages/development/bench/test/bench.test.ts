import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('the command measures the chain and the engine, and says what a job costs', async () => {
  const program = fileURLToPath(new URL('../dist/bench-main.js', import.meta.url));
  const flags = [
    '--json',
    '--rounds',
    '1',
    '--seconds',
    '0.2',
    '--in-flight',
    '2',
    '--warm',
    '0.2',
  ];
  const { stdout } = await promisify(execFile)(process.execPath, [
    program,
    ...flags,
    '--only',
    'chain',
    'engine',
  ]);
  const rounds = JSON.parse(stdout) as Record<string, unknown>[];
  expect(rounds.map(({ contender }) => contender)).toEqual(['chain', 'engine']);
  for (const round of rounds) {
    expect(round).toMatchObject({
      jobs: expect.any(Number),
      cpu: { redis: expect.any(Number), client: expect.any(Number) },
      redis: { commands: expect.any(Number), bytesIn: expect.any(Number) },
    });
    expect(round['jobs']).toBeGreaterThan(0);
  }
});
