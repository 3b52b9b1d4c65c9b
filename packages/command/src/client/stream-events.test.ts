import { expect, test } from 'vitest';
import { gatewayAddress } from './gateway-address.ts';
import { streamEvents } from './stream-events.ts';

const retry = { retries: 3, firstPauseMilliseconds: 1, longestPauseMilliseconds: 1 };
const settings = { retry, longestSilenceMilliseconds: 20 };

/** Does not answer until the exchange is given up. */
function silence(signal: AbortSignal | null | undefined): Promise<Response> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

test('a gateway that takes the connection and says nothing is asked again', async () => {
  let requests = 0;
  const address = gatewayAddress({
    baseUrl: 'http://gateway.test',
    fetch: (_url, init) => {
      requests += 1;
      if (init?.signal?.aborted) return Promise.reject(init.signal.reason as Error);
      if (requests < 3) return silence(init?.signal);
      return Promise.resolve(new Response('data: {"type":"stream.ended"}\n\n'));
    },
  });
  for await (const event of streamEvents(address, 'job_1', settings)) expect.fail(event.type);
  expect(requests).toBe(3);
});
