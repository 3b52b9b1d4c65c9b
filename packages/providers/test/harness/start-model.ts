import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createModelClient, type ModelClientSettings } from '@pawl/providers';
import type { ModelClient, ModelOutcome, ModelRequest } from '@pawl/engine';
import { startSandbox, type Sandbox, type SandboxOptions } from '@pawl/sandbox';
import { onTestFinished } from 'vitest';

export interface StartedModel {
  readonly model: ModelClient;
  readonly ask: (
    request?: Partial<ModelRequest>,
    signal?: AbortSignal,
    onText?: (text: string) => void,
  ) => Promise<ModelOutcome>;
}

function startClient(settings: ModelClientSettings): StartedModel {
  const model = createModelClient(settings);
  return {
    model,
    ask: (request = {}, signal = new AbortController().signal, onText?) =>
      model.complete(
        {
          model: 'openai/gpt-4o-mini',
          messages: [{ role: 'user', content: 'Say hello' }],
          tools: [],
          options: {},
          jobId: 'job_0_test',
          ...request,
        },
        signal,
        onText,
      ),
  };
}

/** A sandbox and a model client of the test's own. */
export async function startModel({
  sandbox: options = {},
  client = {},
}: {
  sandbox?: SandboxOptions;
  client?: Partial<ModelClientSettings>;
} = {}): Promise<StartedModel & { sandbox: Sandbox }> {
  const sandbox = await startSandbox(options);
  onTestFinished(() => sandbox.close());
  const settings = { baseUrl: sandbox.modelBaseUrl, apiKey: sandbox.modelApiKey, timeout: 60_000 };
  return { sandbox, ...startClient({ ...settings, ...client }) };
}

/** An endpoint of any manners, and a model client for it. */
export async function startModelAt(
  listener: RequestListener,
  client: Partial<ModelClientSettings> = {},
): Promise<StartedModel> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  const { port } = server.address() as AddressInfo;
  const settings = {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    apiKey: 'sk-own-key',
    timeout: 60_000,
  };
  return startClient({ ...settings, ...client });
}
