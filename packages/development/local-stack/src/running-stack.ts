import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StackPlan } from './stack-plan.ts';

/** A local stack that another process runs, as a command beside it finds it. */
export interface RunningStack {
  readonly gatewayUrl: string;
  readonly plan: StackPlan;
  readonly sandboxUrl?: string | undefined;
}

function file(directory: string): string {
  return join(directory, 'running.json');
}

/** Says where the stack of this directory is reached; answers what takes that back. */
export async function announceStack(
  directory: string,
  stack: RunningStack,
): Promise<() => Promise<void>> {
  await writeFile(file(directory), JSON.stringify(stack), { mode: 0o600 });
  return async () => rm(file(directory), { force: true });
}

/** How long a gateway of this machine may take to say that it lives, in milliseconds. */
const patience = 5_000;

/** The stack that runs in this directory; undefined where none has said so, or it does not answer. */
export async function runningStack(directory: string): Promise<RunningStack | undefined> {
  try {
    const stack = JSON.parse(await readFile(file(directory), 'utf8')) as RunningStack;
    const health = await fetch(new URL('/healthz', stack.gatewayUrl), {
      signal: AbortSignal.timeout(patience),
    });
    return health.ok ? stack : undefined;
  } catch {
    return undefined;
  }
}
