// The two SDKs in one task of BullMQ, as their documents show them: a reply that asks for a tool, the tool, a reply.
import { ScalekitClient } from '@scalekit-sdk/node';
import { Worker } from 'bullmq';
import OpenAI from 'openai';
import { Redis } from 'ioredis';
import { prefix } from '../contenders/bullmq.ts';
import { connection } from '../no-op.ts';

const setting = (name: string) => process.env[name] ?? '';
const identifier = 'bench';
const scalekit = new ScalekitClient(
  setting('SCALEKIT_ENVIRONMENT_URL'),
  setting('SCALEKIT_CLIENT_ID'),
  setting('SCALEKIT_CLIENT_SECRET'),
);
const openai = new OpenAI({
  baseURL: setting('FASTROUTER_BASE_URL'),
  apiKey: setting('FASTROUTER_API_KEY'),
});

/** As many as Pawl offers to a model at a time. */
const mostTools = 41;

await scalekit.actions.getOrCreateConnectedAccount({ connectionName: connection, identifier });
const { tools: listed } = await scalekit.tools.listScopedTools(identifier, {
  filter: { connectionNames: [connection] },
  pageSize: 100,
});
const tools = listed.slice(0, mostTools).flatMap(({ tool }): OpenAI.ChatCompletionTool[] => {
  const {
    name,
    description,
    input_schema: parameters,
  } = (tool?.definition ?? {}) as {
    name?: string;
    description?: string;
    input_schema?: Record<string, unknown>;
  };
  if (name === undefined) return [];
  return [
    {
      type: 'function',
      function: { name, description: description ?? '', parameters: parameters ?? {} },
    },
  ];
});

async function work(prompt: string): Promise<void> {
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: prompt }];
  for (;;) {
    const completion = await openai.chat.completions.create({
      model: 'bench/no-op',
      messages,
      tools,
    });
    const message = completion.choices[0]?.message;
    if (message === undefined) throw new Error('the model answered nothing');
    messages.push(message);
    if (message.tool_calls === undefined) return;
    for (const call of message.tool_calls) {
      if (call.type !== 'function') continue;
      const { data } = await scalekit.actions.executeTool({
        toolName: call.function.name,
        toolInput: JSON.parse(call.function.arguments) as Record<string, unknown>,
        connector: connection,
        identifier,
      });
      messages.push({ role: 'tool', tool_call_id: call.id, content: JSON.stringify(data) });
    }
  }
}

const redis = new Redis(setting('REDIS_URL'), { maxRetriesPerRequest: null });
const worker = new Worker<{ readonly prompt: string }>(
  'jobs',
  async ({ data: { prompt } }) => work(prompt),
  { prefix, concurrency: 100, connection: redis },
);
await worker.waitUntilReady();
process.once('SIGTERM', () => process.exit(0));
process.stdout.write(`the worker is ready with ${tools.length} tools\n`);
