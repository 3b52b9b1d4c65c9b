import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { functionSource, toolOf } from './prompts.ts';

/** A function of an operator's own that has its effect once for each `Idempotency-Key`, as it is declared to. */
export interface IdempotentFunction {
  /** The file for `TOOL_SOURCES`. */
  readonly sources: string;
  /** What it did for a user: by the arguments, how often it had its effect and how often it was asked to. */
  done(user: string): { readonly arguments: string; readonly times: number; asked: number }[];
  /** Told after the effect, before the answer. */
  onEffect(listener: (user: string) => Promise<void>): () => void;
  close(): Promise<void>;
}

const Call = z.object({ user: z.string(), arguments: z.record(z.string(), z.unknown()) });

const secret = `whsec_${Buffer.from('the harness signs for itself').toString('base64')}`;

export async function startIdempotentFunction(): Promise<IdempotentFunction> {
  const kept = new Map<string, string>();
  const deeds = new Map<string, Map<string, { arguments: string; times: number; asked: number }>>();
  const listeners = new Set<(user: string) => Promise<void>>();

  async function perform(key: string, body: string): Promise<string> {
    const { user, arguments: input } = Call.parse(JSON.parse(body));
    const text = JSON.stringify(input);
    const ofUser = deeds.get(user) ?? new Map();
    deeds.set(user, ofUser);
    const deed = ofUser.get(text) ?? { arguments: text, times: 0, asked: 0 };
    ofUser.set(text, deed);
    deed.asked += 1;
    const known = kept.get(key);
    if (known !== undefined) return known;
    deed.times += 1;
    const answer = JSON.stringify({ noted: deed.times });
    kept.set(key, answer);
    for (const listener of listeners) await listener(user);
    return answer;
  }

  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.once('end', () => {
      void perform(
        String(request.headers['idempotency-key']),
        Buffer.concat(pieces).toString(),
      ).then((answer) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(answer),
      );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const directory = await mkdtemp(join(tmpdir(), 'pawl-function-'));
  const sources = join(directory, 'sources.json');
  const description = 'Notes something, once for each call.';
  const url = `http://127.0.0.1:${port}/`;
  const tool = { name: toolOf.function, description, url, effect: 'idempotent' };
  await writeFile(
    sources,
    JSON.stringify({
      sources: { [functionSource]: { type: 'functions', secret, functions: [tool] } },
    }),
  );
  return {
    sources,
    done: (user) => [...(deeds.get(user)?.values() ?? [])],
    onEffect(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
