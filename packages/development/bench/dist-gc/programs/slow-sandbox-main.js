// The stand-ins for Scalekit and the model, in a process of their own: a model of 200 ms, tools of 100 ms.
import { startSandbox } from '@pawl/sandbox';
const sandbox = await startSandbox({ autoActive: true, recordLimit: 10 });
const slow = { model: 200, ExecuteTool: 100 };
for (const [operation, milliseconds] of Object.entries(slow)) {
  const effect = { kind: 'delay', milliseconds };
  sandbox.control.addFault({ match: { operation }, times: 'always', effect });
}
const { origin, modelBaseUrl, clientId, clientSecret, modelApiKey } = sandbox;
const access = { origin, modelBaseUrl, clientId, clientSecret, modelApiKey };
process.once('SIGTERM', () => process.exit(0));
process.stdout.write(`${JSON.stringify({ state: 'is ready', access })}\n`);
//# sourceMappingURL=slow-sandbox-main.js.map
