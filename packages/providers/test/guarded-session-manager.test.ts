import { type EventEmitter, once } from 'node:events';
import { type ClientHttp2Stream, createServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { GuardedSessionManager } from '../src/tools/access-tokens.ts';

async function startServer() {
  const sessions: ServerHttp2Session[] = [];
  const server = createServer((_request, response) => {
    response.end('here');
  });
  server.on('session', (session) => {
    sessions.push(session);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, sessions };
}

/** Unlike `once` of node:events it listens to no error: who listens is what is tested. */
function happens(emitter: EventEmitter, event: string): Promise<void> {
  return new Promise((resolve) => {
    emitter.once(event, () => {
      resolve();
    });
  });
}

async function finish(stream: ClientHttp2Stream): Promise<void> {
  stream.resume();
  await happens(stream, 'close');
}

it('survives a call that meets a connection which its server is closing', async () => {
  const { url, sessions } = await startServer();
  const manager = new GuardedSessionManager(url);
  onTestFinished(() => {
    manager.abort();
  });
  const first = await manager.request('GET', '/', {}, {});
  const { session } = first;
  await finish(first);
  // Without the guard the closing connection's error has no listener left, which ends the process.
  const closed = happens(session ?? first, 'close');
  const goingAway = happens(session ?? first, 'goaway');
  sessions[0]?.close();
  await goingAway;
  const second = await manager.request('GET', '/', {}, {});
  await Promise.all([finish(second), closed]);
  expect(sessions).toHaveLength(2);
});

it('says where no connection comes about', async () => {
  const manager = new GuardedSessionManager('http://127.0.0.1:1');
  await expect(manager.open()).rejects.toThrow('ECONNREFUSED');
});
