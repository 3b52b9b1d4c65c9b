import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { waitFor } from '@pawl/testing/wait-for';
import { z } from 'zod';
import type { Place } from './place.ts';
import type { Trial } from './trial.ts';

const Approvals = z.object({ data: z.array(z.object({ id: z.string() })) });

const readMails = { tool: 'gmail_fetch_mails', arguments: { query: 'x' } };
const sendMail = {
  tool: 'gmail_send_message',
  arguments: { to: 'someone@example.com', subject: 'Hello', body: 'Hello.' },
};

/** What Pawl calls fails: Scalekit, models, tools and receivers of webhooks. */
export const callTrials: readonly Trial[] = [
  {
    alert: 'PawlGatewayErrors',
    broken: 'Scalekit answers 503 to everything',
    breakIt: (place) =>
      failing(place, { match: {}, status: 503 }, () => place.ask('/v1/accounts?user=user_123')),
  },
  {
    alert: 'PawlModelErrors',
    broken: 'the model endpoint answers 500',
    breakIt: (place) =>
      failing(place, { match: { operation: 'model' }, status: 500 }, () =>
        place.post([{ text: 'Hello.' }]),
      ),
  },
  {
    alert: 'PawlToolErrors',
    broken: 'Gmail refuses every call',
    async breakIt(place) {
      const fault = place.sandbox.control.addFault({
        match: { operation: 'ExecuteTool' },
        times: 'always',
        effect: { kind: 'grpc_status', code: 'InvalidArgument', toolErrorCode: 'REFUSED' },
      });
      const stop = place.repeat(
        () => place.post([[readMails], { text: 'Hello.' }], { connections: ['gmail'] }),
        500,
      );
      return mending(place, fault, stop);
    },
  },
  {
    alert: 'PawlJobsFail',
    broken: 'the model endpoint refuses every request (400)',
    breakIt: (place) =>
      failing(place, { match: { operation: 'model' }, status: 400 }, () =>
        place.post([{ text: 'Hello.' }]),
      ),
  },
  {
    alert: 'PawlUnknownOutcome',
    broken: 'the answer of one writing call is lost',
    async breakIt(place) {
      place.sandbox.control.addFault({
        match: { operation: 'ExecuteTool' },
        when: 'after-effect',
        effect: { kind: 'drop_connection' },
      });
      await place.post([[sendMail], { text: 'Sent.' }], { connections: ['gmail'] });
      // As docs/operations.md says.
      return async () => {
        const path = '/v1/approvals?type=resolve_tool_outcome';
        const [asked] = Approvals.parse(await place.ask(path)).data;
        await place.ask(`/v1/approvals/${asked?.id}`, { decision: 'respond', output: 'Sent.' });
      };
    },
  },
  {
    alert: 'PawlWebhookDead',
    broken: 'the receiver of one webhook answers 410',
    async breakIt(place) {
      const receiver = createServer((request, response) => {
        request.resume().once('end', () => response.writeHead(410).end());
      }).listen(0, '127.0.0.1');
      await once(receiver, 'listening');
      const { port } = receiver.address() as AddressInfo;
      const webhook = { url: `http://127.0.0.1:${port}/` };
      const job = await place.post([{ text: 'Hello.' }], { webhook });
      await waitFor(async () => (await place.jobStatus(job)) === 'completed');
      return async () => {
        receiver.close();
      };
    },
  },
];

/** HTTP calls of one kind fail while something is done again and again. */
async function failing(
  place: Place,
  { match, status }: { readonly match: { readonly operation?: string }; readonly status: number },
  work: () => Promise<unknown>,
): Promise<() => Promise<void>> {
  const effect = { kind: 'http_status' as const, status };
  const fault = place.sandbox.control.addFault({ match, times: 'always', effect });
  return mending(place, fault, place.repeat(work, 500));
}

function mending(place: Place, fault: string, stop: () => Promise<void>) {
  return async () => {
    place.sandbox.control.clearFaults(fault);
    await stop();
  };
}
