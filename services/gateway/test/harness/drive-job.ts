import { randomToken, type JsonObject, type ToolEffect } from '@pawl/contracts';
import {
  blockTurn,
  claimCall,
  claimTurn,
  failTurn,
  nameTools,
  prepareCalls,
  recordOutcome,
  recordReply,
  requestedCalls,
  applyTransition,
  type Engine,
  type Tool,
  type ToolOutcome,
  contextOf,
} from '@pawl/engine';

/** Claims the current turn of a job as a worker would; answers the claim's epoch. */
async function claim(engine: Engine, job: string): Promise<number> {
  const decision = await applyTransition(engine, job, (state) => {
    const since =
      state.phase.name === 'turn' && 'since' in state.phase.step ? state.phase.step.since : -1;
    return claimTurn(state, { since }, contextOf(engine));
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
  const link = randomToken();
  await applyTransition(engine, job, (state) =>
    blockTurn(state, { epoch, connection, link }, contextOf(engine)),
  );
  return link;
}

/** Answers the current turn with a message of the model. */
export async function reply(
  engine: Engine,
  job: string,
  message: JsonObject,
  effect: ToolEffect = 'reads',
): Promise<void> {
  const epoch = await claim(engine, job);
  const requested = requestedCalls(message);
  const { tools: policy } = await engine.store.readRequest(job);
  await applyTransition(engine, job, (state) =>
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
            tools: nameTools(tools).tools,
            policy,
            effectOf: () => effect,
            problemsOf: () => [],
            link: `link-of-${job}`,
          },
          { turn: state.turn, sequence: state.sequence + 1, now: engine.now() },
        ),
      },
      contextOf(engine),
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

/** Asks for one call of this tool; answers when it is committed. */
export async function askForCall(
  engine: Engine,
  job: string,
  {
    tool = 'gmail_fetch_mails',
    input = { query: 'is:unread' },
  }: { tool?: string; input?: JsonObject } = {},
): Promise<void> {
  const call = { name: tool, arguments: JSON.stringify(input) };
  const message = {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'call_1', type: 'function', function: call }],
  };
  await reply(engine, job, message, 'writes');
}

/** Asks for one writing call and claims it, as a worker does that makes it; answers the claim's epoch. */
export async function startCall(engine: Engine, job: string): Promise<number> {
  const call = { name: 'gmail_fetch_mails', arguments: '{"query":"is:unread"}' };
  const message = {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'call_1', type: 'function', function: call }],
  };
  await reply(engine, job, message, 'writes');
  const claimed = await applyTransition(engine, job, (state) => {
    const step = state.phase.name === 'calls' ? state.phase.calls[0]?.step : undefined;
    const since = step !== undefined && 'since' in step ? step.since : -1;
    return claimCall(state, { turn: state.turn, index: 0, since }, contextOf(engine));
  });
  if (claimed.kind !== 'claimed') throw new Error(`the call was not claimed: ${claimed.kind}`);
  return claimed.epoch;
}

/** The same, and loses the outcome, as a worker that dies behind the call does; answers its epoch. */
export async function loseOutcome(engine: Engine, job: string): Promise<number> {
  const epoch = await startCall(engine, job);
  await reportCall(engine, job, epoch, { kind: 'unknown', failure: lost });
  return epoch;
}

const lost = { code: 'tool_answer_lost', message: 'the connection was lost', retryable: true };

/** What the claimant of the first call of the current turn learnt. */
export async function reportCall(
  engine: Engine,
  job: string,
  epoch: number,
  outcome: ToolOutcome,
): Promise<void> {
  const report = { index: 0, epoch, outcome, link: randomToken() };
  await applyTransition(engine, job, (state) =>
    recordOutcome(state, { turn: state.turn, ...report }, contextOf(engine)),
  );
}

/** Fails the current turn for good. */
export async function failJob(engine: Engine, job: string, code: string): Promise<void> {
  const epoch = await claim(engine, job);
  const failure = { code, message: 'It failed.', retryable: false };
  await applyTransition(engine, job, (state) =>
    failTurn(
      state,
      { epoch, failure: { kind: 'fatal', failure }, cause: 'model', models: 1 },
      { now: engine.now(), random: 0, rules: engine.rules },
    ),
  );
}
