// Takes Pawl's webhooks: WEBHOOK_SECRET=whsec_… node webhook-receiver.mjs. PORT is 4000 if it is not set.
import { createServer } from 'node:http';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { PawlWebhookError, verifyWebhook } from '@pawl/client';

const seen = new Set();

async function receive(request) {
  const body = await text(request);
  const event = await verifyWebhook(body, request.headers, process.env.WEBHOOK_SECRET);
  // The same event may come again: keep the ids where your data is.
  if (seen.has(event.id)) return;
  seen.add(event.id);
  console.log(event.type, event.data.id, event.data.result?.text ?? '');
}

const server = createServer((request, response) => {
  receive(request).then(
    () => response.writeHead(204).end(),
    // Anything but 2xx has it sent again later.
    (error) => response.writeHead(error instanceof PawlWebhookError ? 401 : 500).end(),
  );
});
server.listen(Number(process.env.PORT ?? 4000), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
