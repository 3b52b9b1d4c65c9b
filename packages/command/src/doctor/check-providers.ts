import { createModelClient, createToolClient } from '@pawl/providers';
import type { Check } from './findings.ts';

interface ScalekitSettings {
  readonly environmentUrl: string | undefined;
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
  /** The default connections. */
  readonly connections: readonly string[];
}

interface ModelSettings {
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  readonly model: string;
}

/** Milliseconds. */
const patience = 20_000;

/** Scalekit: whether the credentials are taken, and the default connections exist. */
export function checkScalekit({
  environmentUrl,
  clientId,
  clientSecret,
  connections,
}: ScalekitSettings): Check {
  const name = 'Scalekit';
  return async () => {
    const missing = Object.entries({
      SCALEKIT_ENVIRONMENT_URL: environmentUrl,
      SCALEKIT_CLIENT_ID: clientId,
      SCALEKIT_CLIENT_SECRET: clientSecret,
    }).flatMap(([variable, value]) => (value === undefined ? [variable] : []));
    if (environmentUrl === undefined || clientId === undefined || clientSecret === undefined) {
      if (missing.length === 3) {
        const found = 'It is not configured: the sandbox stands in for it in development.';
        return [{ name, status: 'skipped', found }];
      }
      const advice = 'Copy it from the Scalekit dashboard.';
      return [{ name, status: 'problem', found: `${missing.join(' and ')} is missing.`, advice }];
    }
    const tools = createToolClient({
      environmentUrl,
      clientId,
      clientSecret,
      toolTimeout: patience,
      lookupTimeout: patience,
    });
    try {
      const listed = await tools.connections();
      if (listed.kind !== 'found') {
        const advice = 'Compare the three SCALEKIT_ variables with the Scalekit dashboard.';
        return [{ name, status: 'problem', found: listed.failure.message, advice }];
      }
      const unknown = connections.filter((connection) => !listed.value.includes(connection));
      const found = `The credentials are taken; connections: ${listed.value.join(', ') || 'none'}.`;
      return [
        { name, status: 'ok', found },
        ...unknown.map(
          (connection) =>
            ({
              name,
              status: 'problem',
              found: `SCALEKIT_CONNECTION_NAME names ${connection}, which does not exist.`,
              advice: 'Make the connection in the Scalekit dashboard, or name another one.',
            }) as const,
        ),
      ];
    } finally {
      await tools.close();
    }
  };
}

/** The model endpoint: whether it answers a short question, for which it may ask a small fraction of a cent. */
export function checkModel({ baseUrl, apiKey, model }: ModelSettings): Check {
  const name = 'model';
  return async (signal) => {
    if (apiKey === undefined) {
      const found = 'FASTROUTER_API_KEY is not set: the sandbox stands in for it in development.';
      return [{ name, status: 'skipped', found }];
    }
    const client = createModelClient({ baseUrl, apiKey, timeout: patience });
    const outcome = await client.complete(
      {
        model,
        messages: [{ role: 'user', content: 'Answer with the word: ok' }],
        tools: [],
        options: {},
        outputCap: 64,
        jobId: 'doctor',
      },
      signal,
    );
    if (outcome.kind === 'reply') {
      return [{ name, status: 'ok', found: `${model} answers at ${new URL(baseUrl).host}.` }];
    }
    if (outcome.kind === 'aborted') return [{ name, status: 'warning', found: 'Not waited for.' }];
    const { code, message } = outcome.failure;
    // It has answered, and was paid: only the answer is odd.
    const status = outcome.kind === 'unusable' ? 'warning' : 'problem';
    const advice = 'Check FASTROUTER_BASE_URL, FASTROUTER_API_KEY and FASTROUTER_MODEL.';
    return [{ name, status, found: `${message} (${code})`, advice }];
  };
}
