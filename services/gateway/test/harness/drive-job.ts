import { newSecret, type JsonObject } from '@pawl/contracts';
import {
  blockTurn,
  claimTurn,
  nameTools,
  prepareCalls,
  recordReply,
  requestedCalls,
  transition,
  type Engine,
  type Tool,
} from '@pawl/engine';

/** Claims the current turn of a job as a worker would; answers the claim's epoch. */
async function claim(engine: Engine, job: string): Promise<number> {
  const decision = await transition(engine, job, (state) => {
    const since =
      state.phase.name === 'turn' && 'since' in state.phase.step ? state.phase.step.since : -1;
    return claimTurn(state, { since }, engine.now(), engine.rules);
  });
  if (decision.kind !== 'claimed') throw new Error(`job ${job} was not claimed: ${decision.kind}`);
  return decision.epoch;
}

export async function startJob(engine: Engine, job: string): Promise<void> {
  await claim(engine, job);
}

/** Lets a job wait for an account; answers the secret part of its link. */
export async function blockJob(engine: Engine, job: string, connection: string): Promise<string> {
  const epoch = await claim(engine, job);
  const link = newSecret();
  await transition(engine, job, (state) =>
    blockTurn(state, { epoch, connection, link }, engine.now(), engine.rules),
  );
  return link;
}

/** Answers the current turn with a message of the model. */
export async function reply(engine: Engine, job: string, message: JsonObject): Promise<void> {
  const epoch = await claim(engine, job);
  const requested = requestedCalls(message);
  await transition(engine, job, (state) =>
    recordReply(
      state,
      {
        epoch,
        toolsLoaded: tools.length,
        reply: {
          message,
          finishReason: requested.length > 0 ? 'tool_calls' : 'stop',
          model: 'openai/gpt-4o-mini',
          inputTokens: 10,
          outputTokens: 5,
          costUsd: 0.001,
        },
        prepared: prepareCalls(
          requested,
          {
            tools: nameTools(tools),
            policy: {},
            effectOf: () => 'reads',
            problemsOf: () => [],
          },
          { turn: state.turn, sequence: state.sequence + 1, now: engine.now() },
        ),
      },
      engine.now(),
    ),
  );
}

export async function completeJob(engine: Engine, job: string, text: string): Promise<void> {
  await reply(engine, job, { role: 'assistant', content: text });
}

const tools: Tool[] = [
  {
    name: 'gmail_fetch_mails',
    description: 'Fetches mails.',
    inputSchema: { type: 'object' },
    connection: 'gmail',
  },
];
