import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort, type LocalStack, startLocalStack } from '@pawl/local-stack';
import { findRepositoryRoot } from '@pawl/runtime';
import { afterAll, beforeAll } from 'vitest';

export const repositoryRoot = findRepositoryRoot(import.meta.url) ?? process.cwd();

/** Signs what the stack sends. */
export const webhookSecret = `whsec_${Buffer.from('the secret of this stack').toString('base64')}`;

/** All of Pawl with the sandbox for the tests of a file, as processes of their own. */
export function startStack(): { readonly url: () => string } {
  let directory: string;
  let stack: LocalStack | undefined;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'pawl-stack-'));
    const { PATH = '', HOME = '' } = process.env;
    stack = await startLocalStack({
      repositoryRoot,
      directory,
      environment: {
        PATH,
        HOME,
        NODE_ENV: 'test',
        // Not the usual one, which a stack of somebody else may take in the same moment.
        PORT: String(await findFreePort()),
        PAWL_ENCRYPTION_KEY: Buffer.alloc(32, 'k').toString('base64'),
        WEBHOOK_SECRET: webhookSecret,
        WEBHOOK_ALLOWED_HOSTS: '127.0.0.1',
      },
      logs: 'files',
      say: () => undefined,
      signal: new AbortController().signal,
    });
    // As if the user had connected it before.
    const account = { identifier: 'user_123', connection: 'gmail', status: 'ACTIVE' };
    const answer = await fetch(new URL('/sandbox/accounts/status', stack.sandbox?.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(account),
    });
    if (!answer.ok) throw new Error(await answer.text());
  });
  afterAll(async () => {
    await stack?.stop();
    await rm(directory, { recursive: true });
  });
  return {
    url: () => {
      if (stack === undefined) throw new Error('The stack does not run yet.');
      return stack.gatewayUrl;
    },
  };
}
