import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { scripted, startTestWorker } from './harness/start-test-worker.ts';

const worker = await startTestWorker(testRedis(), { timings: { concurrency: 2 }, shards: 1 });

const mail = (to: string, subject: string) => ({
  tool: 'gmail_send_message',
  arguments: { to, subject, body: 'Hello.' },
});

test('of many jobs for two slots each reads all that it has done, and does nothing twice', async () => {
  const names = Array.from({ length: 12 }, (_, number) => `reader-${number}`);
  const ids = await Promise.all(
    names.map((name) =>
      worker.post({
        prompt: scripted([
          [{ tool: 'gmail_fetch_mails', arguments: { max_results: 1 } }],
          [mail(`${name}@b.example`, 'First'), mail(`${name}@b.example`, 'Second')],
          { text: `Done for ${name}.` },
        ]),
        connections: ['gmail'],
      }),
    ),
  );
  for (const [index, id] of ids.entries()) {
    const text = `Done for ${names[index]}.`;
    expect(await worker.ended(id)).toMatchObject({ status: 'completed', text });
  }
  for (const name of names) {
    const asked = worker.control
      .modelRequests()
      .items.filter(({ prompt }) => prompt.includes(`${name}@`));
    // The prompt; then a reply and its result; then a reply and its two.
    const conversations = asked.map(({ body }) => messagesOf(body).map(({ role }) => role));
    const [prompt, first, second] = [
      ['user'],
      ['assistant', 'tool'],
      ['assistant', 'tool', 'tool'],
    ];
    expect(conversations.map((roles) => roles.filter((role) => role !== 'system'))).toEqual([
      prompt,
      [...prompt, ...first],
      [...prompt, ...first, ...second],
    ]);
    const sent = worker.control
      .effects()
      .items.filter(({ arguments: input }) => input['to'] === `${name}@b.example`);
    expect(sent).toHaveLength(2);
  }
});

function messagesOf(body: unknown): readonly { readonly role: string }[] {
  return (body as { messages: { role: string }[] }).messages;
}
