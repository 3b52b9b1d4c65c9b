// Pawl's worker as services/worker composes it. With NO_OP=1 the model and the tool do nothing.
import { setTimeout as pause } from 'node:timers/promises';
import { closeInOrder, createLogger, exitOnFatalError, startOrExit } from '@pawl/runtime';
import { composeWorker, readWorkerEnvironment, workerSettings } from '@pawl/worker/compose';
import { text } from '../no-op.js';
const log = createLogger({ name: 'bench worker', level: 'warn' });
exitOnFatalError(log);
/** Asks for one tool call, and ends the job when it has its outcome. */
const model = {
  async complete({ messages, tools }) {
    const isLast = messages.at(-1)?.['role'] === 'tool';
    const call = { name: tools[0]?.name ?? '', arguments: '{}' };
    const calls = [{ id: 'call_1', type: 'function', function: call }];
    return {
      kind: 'reply',
      reply: {
        message: { role: 'assistant', content: text, ...(isLast ? {} : { tool_calls: calls }) },
        finishReason: isLast ? 'stop' : 'tool_calls',
        model: 'no-op',
        inputTokens: 10,
        outputTokens: 10,
        costUsd: 0,
      },
    };
  },
};
const toolTime = Number(process.env['TOOL_MILLISECONDS'] ?? 0);
/** The same object each time, as a source lists a set of tools once: its schema is compiled once. */
const inputSchema = { type: 'object', properties: {} };
const tools = {
  isAccountActive: async () => ({ kind: 'found', value: true }),
  listTools: async ({ connection }) => ({
    kind: 'found',
    value: [
      {
        name: 'no_op',
        description: 'Does nothing.',
        inputSchema,
        connection,
        declaredEffect: 'reads',
      },
    ],
  }),
  async execute() {
    if (toolTime > 0) await pause(toolTime);
    return { kind: 'succeeded', output: text };
  },
};
const settings = workerSettings(readWorkerEnvironment(process.env));
const closers = await startOrExit(log, () =>
  composeWorker(settings, {
    log,
    ...(process.env['NO_OP'] === '1' && {
      wrap: (ports) => ({
        ...ports,
        model: { ...ports.model, ...model },
        tools: { ...ports.tools, ...tools },
      }),
    }),
  }),
);
process.once('SIGTERM', () => {
  void closeInOrder(closers, { logger: log, timeLimitMilliseconds: 8_000 }).finally(() =>
    process.exit(0),
  );
});
process.stdout.write('worker is ready\n');
//# sourceMappingURL=pawl-worker-main.js.map
