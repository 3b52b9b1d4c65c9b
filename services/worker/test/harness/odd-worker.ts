import type { JobRequestInput } from '@pawl/contracts';
import type { FaultInput, OddReplyName } from '@pawl/sandbox';
import type { TestRedis } from '@pawl/testing';
import { expect } from 'vitest';
import { scripted, startTestWorker } from './start-test-worker.ts';

/** Arguments of a call that sends a mail. */
export const mailTo = (to: string) => ({
  name: 'gmail_send_message',
  arguments: { to, subject: 'Hello', body: 'Hello.' },
});

/** A worker whose model answers oddly where a test says so: each test has a word that only its prompts hold. */
export async function startOddWorker(testRedis: TestRedis) {
  const worker = await startTestWorker(testRedis);
  let words = 0;

  const post = (body: JobRequestInput & { conversation?: string }) =>
    worker.post({ connections: [], ...body });

  return {
    ...worker,
    post,
    newWord(): string {
      words += 1;
      return `word${words}x`;
    },
    /** The next reply to a prompt with this word is odd, or as many as the fault says. */
    addOddity(word: string, oddity: OddReplyName, fault: Partial<FaultInput> = {}): void {
      worker.control.addFault({
        match: { operation: 'model', promptIncludes: word },
        effect: { kind: 'odd_reply', oddity },
        ...fault,
      });
    },
    /** The requests to the model that hold this word anywhere. */
    asked: (word: string) =>
      worker.control
        .modelRequests()
        .items.filter(({ body }) => JSON.stringify(body).includes(word)),
    /** The mails that were really sent to this address. */
    sentTo: (to: string) =>
      worker.control
        .effects()
        .items.filter(({ arguments: input }) => JSON.stringify(input).includes(to)),
    /** The conversation's next job completes: the sandbox refuses what a strict endpoint would refuse. */
    async goesOn(conversation: string): Promise<void> {
      const prompt = `Go on. ${scripted([{ text: 'Here I am.' }])}`;
      const ended = await worker.ended(await post({ prompt, conversation }));
      expect(ended).toMatchObject({ status: 'completed', text: 'Here I am.' });
    },
  };
}
