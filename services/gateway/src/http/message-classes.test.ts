import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { expect, onTestFinished, test } from 'vitest';
import { createMessageClasses, makeMessagesFor } from './message-classes.ts';

test('requests and answers are made as the app wants them, those of an app within it too', async () => {
  const messages = createMessageClasses();
  const app = express();
  makeMessagesFor(app, messages);
  const within = express();
  within.get('/inner', (request, response) => {
    response.json({
      path: request.path,
      isInner: Object.getPrototypeOf(request) === within.request,
    });
  });
  app.use('/outer', within);
  const made: boolean[] = [];
  const server = createServer(messages);
  server.on('request', (request, response) => {
    made.push(Object.getPrototypeOf(request) === app.request);
    made.push(Object.getPrototypeOf(response) === app.response);
    app(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  });

  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/outer/inner`);
  expect(await answer.json()).toEqual({ path: '/inner', isInner: true });
  expect(made).toEqual([true, true]);
});
