import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withEnvironmentFile } from '../src/index.ts';

let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'pawl-environment-file-'));
  await writeFile(join(root, '.env'), '# comment\nUSER="user_1"\nMODEL=provider/model\n');
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

test('completes the environment by the file at the root', () => {
  expect(withEnvironmentFile({ HOME: '/root' }, root)).toEqual({
    HOME: '/root',
    USER: 'user_1',
    MODEL: 'provider/model',
  });
});

test('a real variable wins, a blank one does not', () => {
  expect(withEnvironmentFile({ USER: 'user_2', MODEL: ' ' }, root)).toEqual({
    USER: 'user_2',
    MODEL: 'provider/model',
  });
});

test.each(['production', 'test'])('reads no file with NODE_ENV=%s', (mode) => {
  expect(withEnvironmentFile({ NODE_ENV: mode }, root)).toEqual({ NODE_ENV: mode });
});

test('does without a file or a repository', () => {
  expect(withEnvironmentFile({ A: '1' }, tmpdir())).toEqual({ A: '1' });
  expect(withEnvironmentFile({ A: '1' }, undefined)).toEqual({ A: '1' });
});
