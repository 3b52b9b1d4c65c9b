import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { startTestWorker } from './harness/start-test-worker.ts';

const clientSecret = 'a-wrong-secret';
const worker = await startTestWorker(testRedis(), { credentials: { clientSecret } });

test('a wrong Scalekit secret fails the job with a code of its own, and without the secret', async () => {
  const id = await worker.post({ prompt: 'Fetch my mails.' });
  const ended = await worker.ended(id);
  expect(ended).toMatchObject({ status: 'failed', failure: { code: 'scalekit_unauthorized' } });
  expect(JSON.stringify(ended) + worker.lines.join('')).not.toContain(clientSecret);
  const line = worker.lines.find((each) => each.includes('turn failed'));
  expect(JSON.parse(line ?? '{}')).toMatchObject({
    job: id,
    turn: 0,
    milliseconds: expect.any(Number),
    cause: 'lookup',
    code: 'scalekit_unauthorized',
  });
});
