// The three steps as a service of Restate, whose SDK stands in the folder PACKAGES.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { text } from '../no-op.ts';

interface Context {
  run<Result>(name: string, step: () => Promise<Result>): Promise<Result>;
}

interface Sdk {
  service(definition: {
    readonly name: string;
    readonly handlers: Record<string, (context: Context, input: unknown) => Promise<unknown>>;
  }): unknown;
  serve(settings: { readonly services: unknown[]; readonly port: number }): Promise<unknown>;
}

// The SDK calls it, and Node 20 does not have it.
const promises = Promise as unknown as { withResolvers?: () => unknown };
promises.withResolvers ??= () => {
  let resolve: unknown;
  let reject: unknown;
  const promise = new Promise((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
};

const require = createRequire(join(process.env['PACKAGES'] ?? '', 'package.json'));
// No dependency of Pawl: it is installed on demand.
const sdkName = '@restatedev/restate-sdk';
const file = require.resolve(sdkName);
const sdk = (await import(pathToFileURL(file).href)) as Sdk;

const agent = sdk.service({
  name: 'agent',
  handlers: {
    async run(context) {
      const messages = [];
      for (const step of ['turn 0', 'tool', 'turn 1']) {
        messages.push(await context.run(step, async () => ({ content: text })));
      }
      return { messages: messages.length };
    },
  },
});
process.once('SIGTERM', () => process.exit(0));
await sdk.serve({ services: [agent], port: Number(process.env['PORT']) });
process.stdout.write('restate worker is ready\n');
