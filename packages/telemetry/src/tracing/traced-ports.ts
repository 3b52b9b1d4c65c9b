import type {
  ModelClient,
  ModelOutcome,
  ReplyUsage,
  ToolClient,
  WebhookClient,
} from '@pawl/engine';
import type { PawlStore } from '@pawl/store';
import { inputMessages, outputMessages, shortened } from './message-attributes.ts';
import { recordJob } from './job-spans.ts';
import type { RunningSpan, SpanDescription, Tracing } from './tracing.ts';

interface ContentSettings {
  /** True: prompts, replies, arguments and results are told too. */
  readonly content: boolean;
}

/** The store, with each job that a commit ends told as a span. */
export function traceStore(store: PawlStore, tracing: Tracing): PawlStore {
  return {
    ...store,
    async commit(commit, tasks) {
      const answer = await store.commit(commit, tasks);
      if (answer.kind === 'written') {
        for (const transition of commit.jobs) recordJob(tracing, transition);
      }
      return answer;
    },
  };
}

/** Each model call is a span, `chat`. What is a part of no job that is traced is none. */
export function traceModel<Client extends ModelClient>(
  client: Client,
  tracing: Tracing,
  { content }: ContentSettings,
): Client {
  return {
    ...client,
    async complete(request, signal, onText) {
      const { model } = request;
      const [host, provider] = client.providerOf(model).split('/');
      return inSpan(
        tracing,
        {
          name: `chat ${model}`,
          kind: 'client',
          attributes: {
            'gen_ai.operation.name': 'chat',
            'gen_ai.provider.name': provider === '' ? host : provider,
            'gen_ai.request.model': model,
            'server.address': host,
            ...(content && { 'gen_ai.input.messages': inputMessages(request.messages) }),
          },
        },
        async (span) => {
          const outcome = await client.complete(request, signal, onText);
          if (outcome.kind === 'aborted') span?.fail('aborted');
          else if (outcome.kind !== 'reply') span?.fail(outcome.failure.code);
          const usage = usageOf(outcome);
          span?.setAttributes({
            'gen_ai.response.model': usage?.model,
            'gen_ai.usage.input_tokens': usage?.inputTokens,
            'gen_ai.usage.output_tokens': usage?.outputTokens,
            'pawl.cost_usd': usage?.costUsd,
          });
          if (outcome.kind === 'reply') {
            const { message, finishReason } = outcome.reply;
            span?.setAttributes({
              'gen_ai.response.finish_reasons': [finishReason],
              ...(content && { 'gen_ai.output.messages': outputMessages(message, finishReason) }),
            });
          }
          return outcome;
        },
      );
    },
  };
}

/** What was paid for, of a call that failed too. */
function usageOf(outcome: ModelOutcome): ReplyUsage | undefined {
  if (outcome.kind === 'reply') return outcome.reply;
  return outcome.kind === 'aborted' ? undefined : outcome.usage;
}

/** Each try of a tool call is a span, `execute_tool`. */
export function traceTools<Client extends ToolClient>(
  client: Client,
  tracing: Tracing,
  { content }: ContentSettings,
): Client {
  return {
    ...client,
    async execute(invocation, signal) {
      const { tool, connection, effect, callId } = invocation;
      return inSpan(
        tracing,
        {
          name: `execute_tool ${tool}`,
          attributes: {
            'gen_ai.operation.name': 'execute_tool',
            'gen_ai.tool.name': tool,
            'pawl.connection': connection,
            'pawl.tool.effect': effect,
            'pawl.call.id': callId,
            ...(content && {
              'gen_ai.tool.call.arguments': shortened(JSON.stringify(invocation.arguments)),
            }),
          },
        },
        async (span) => {
          const outcome = await client.execute(invocation, signal);
          span?.setAttributes({
            'pawl.outcome': outcome.kind,
            ...(content &&
              outcome.kind === 'succeeded' && {
                'gen_ai.tool.call.result': shortened(JSON.stringify(outcome.output)),
              }),
          });
          if ('failure' in outcome) span?.fail(outcome.failure.code);
          return outcome;
        },
      );
    },
  };
}

/** Each attempt at a webhook is a span, `deliver_webhook`. */
export function traceWebhooks(client: WebhookClient, tracing: Tracing): WebhookClient {
  return {
    async send(request, signal) {
      const { hostname } = new URL(request.url);
      const attributes = { 'http.request.method': 'POST', 'server.address': hostname };
      const description = { name: 'deliver_webhook', kind: 'client', attributes } as const;
      return inSpan(tracing, description, async (span) => {
        const outcome = await client.send(request, signal);
        const status = 'status' in outcome ? outcome.status : undefined;
        span?.setAttributes({ 'http.response.status_code': status });
        if (outcome.kind === 'failed') span?.fail(outcome.error.code);
        else if (outcome.kind === 'aborted') span?.fail('aborted');
        else if (outcome.status >= 300) span?.fail(String(outcome.status));
        return outcome;
      });
    },
  };
}

/** Only what is a part of a trace is told: a job that was accepted untraced stays so. */
async function inSpan<Result>(
  tracing: Tracing,
  description: SpanDescription,
  work: (span: RunningSpan | undefined) => Promise<Result>,
): Promise<Result> {
  if (tracing.current() === undefined) return work(undefined);
  const span = tracing.start(description);
  try {
    return await span.run(() => work(span));
  } catch (error) {
    span.fail(error instanceof Error ? error.name : 'unknown');
    throw error;
  } finally {
    span.end();
  }
}
