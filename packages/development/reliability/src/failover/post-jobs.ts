import { setTimeout as pause } from 'node:timers/promises';
import { randomToken } from '@pawl/contracts';
import { z } from 'zod';

/** A job that was accepted, and to whom its one call writes. */
export interface AcceptedJob {
  readonly id: string;
  readonly recipient: string;
}

const Posted = z.object({ id: z.string() });
const Shown = z.object({ status: z.string() });

/** Milliseconds. */
const rest = 100;
const answersWithin = 10_000;

/**
 * Posts jobs of one writing call each, so many at a time, until it is told to stop. A request that is not accepted is
 * repeated under its Idempotency-Key, as a client does.
 */
export async function postJobs(
  gateway: string,
  { posters, signal }: { readonly posters: number; readonly signal: AbortSignal },
): Promise<AcceptedJob[]> {
  const accepted: AcceptedJob[] = [];
  await Promise.all(
    Array.from({ length: posters }, async () => {
      while (!signal.aborted) {
        const recipient = `${randomToken()}@example.com`;
        const id = await postUntilAccepted(gateway, recipient);
        if (id !== undefined) accepted.push({ id, recipient });
        await pause(rest);
      }
    }),
  );
  return accepted;
}

async function postUntilAccepted(gateway: string, recipient: string): Promise<string | undefined> {
  const call = {
    tool: 'gmail_send_message',
    arguments: { to: recipient, subject: 'Hello', body: 'Hello.' },
  };
  const script = JSON.stringify([[call], { text: 'Sent.' }]);
  const body = JSON.stringify({
    prompt: `Do this.\n\`\`\`sandbox\n${script}\n\`\`\``,
    user: recipient,
    connections: ['gmail'],
  });
  for (let tries = 0; tries < 200; tries += 1) {
    const answer = await fetch(`${gateway}/v1/jobs`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': recipient },
      body,
      signal: AbortSignal.timeout(answersWithin),
    }).catch(() => undefined);
    if (answer?.status === 202) return Posted.parse(await answer.json()).id;
    await answer?.body?.cancel();
    await pause(rest);
  }
  return undefined;
}

/** What became of a job: its status, `lost` where the gateway knows nothing of it, `unknown` where it does not answer. */
export async function statusOf(gateway: string, { id }: AcceptedJob): Promise<string> {
  const answer = await fetch(`${gateway}/v1/jobs/${id}`, {
    signal: AbortSignal.timeout(answersWithin),
  }).catch(() => undefined);
  if (answer?.status === 404) return 'lost';
  if (answer?.ok !== true) return 'unknown';
  return Shown.parse(await answer.json()).status;
}
