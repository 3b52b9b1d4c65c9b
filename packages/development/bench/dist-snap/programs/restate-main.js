var __rewriteRelativeImportExtension =
  (this && this.__rewriteRelativeImportExtension) ||
  function (path, preserveJsx) {
    if (typeof path === 'string' && /^\.\.?\//.test(path)) {
      return path.replace(
        /\.(tsx)$|((?:\.d)?)((?:\.[^./]+?)?)\.([cm]?)ts$/i,
        function (m, tsx, d, ext, cm) {
          return tsx
            ? preserveJsx
              ? '.jsx'
              : '.js'
            : d && (!ext || !cm)
              ? m
              : d + ext + '.' + cm.toLowerCase() + 'js';
        },
      );
    }
    return path;
  };
// The three steps as a service of Restate, whose SDK stands in the folder PACKAGES.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { text } from '../no-op.js';
// The SDK calls it, and Node 20 does not have it.
const promises = Promise;
promises.withResolvers ??= () => {
  let resolve;
  let reject;
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
const sdk = await import(__rewriteRelativeImportExtension(pathToFileURL(file).href));
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
//# sourceMappingURL=restate-main.js.map
