import { describe, expect, test } from 'vitest';
import { explore, stuckWorlds } from '../test/protocol/explore.ts';
import { scenarios } from '../test/protocol/scenarios.ts';
import { learntBy, type Scenario, type Move, type World } from '../test/protocol/world.ts';
import { defaultRules } from './domain/rules.ts';
import { requiredActionOf } from './job/status.ts';
import { messagesOf } from './turn/history.ts';

describe('the protocol, in every interleaving', { timeout: 120_000 }, () => {
  test.each(scenarios)('ends well and keeps its invariants: %s', (name, scenario) => {
    const exploration = explore(scenario, checkStep);

    const stuck = stuckWorlds(exploration, (world) => isOver(world));
    expect(stuck.map((world) => exploration.pathTo(world)).slice(0, 1)).toEqual([]);
    for (const [reached, world] of exploration.worlds) {
      try {
        checkWorld(world, scenario);
      } catch (error) {
        throw new Error(exploration.pathTo(reached).join('\n'), { cause: error });
      }
    }
    // oxlint-disable-next-line no-console -- the number of states is what a reader of the run wants to know
    console.info(`protocol: ${exploration.worlds.size} states (${name})`);
  });
});

/** Ended, or waiting for a person, with nothing left to do, and no share that is held or waited for. */
function isOver({ job, queue, shares, workers }: World): boolean {
  const rests = job.phase.name === 'ended' || requiredActionOf(job) !== null;
  const kept = Object.values(shares).flatMap(({ held, parked }) => [
    ...Object.keys(held),
    ...parked,
  ]);
  const isEmpty = Object.keys(queue).length + kept.length === 0;
  return rests && isEmpty && workers.every(({ at }) => at === 'idle');
}

function checkStep(from: World, { name, world: to }: Move): void {
  if (from.conversation.active === null && to.effects !== from.effects) {
    throw new Error('invariant 6: a call had its effect beside the conversation’s next job');
  }
  const retried = name === 'somebody retries the job';
  checkReport(from, to);
  if (from.job.phase.name === 'ended' && from.job !== to.job && !retried) {
    throw new Error('invariant 7: a job was written to after it had ended');
  }
  if (to.job !== from.job && to.job.sequence !== from.job.sequence + 1) {
    throw new Error('invariant 2: a commit must raise the sequence by one');
  }
  for (const [record, step] of Object.entries(from.steps)) {
    if (record.startsWith('turn') && to.steps[record] !== step) {
      throw new Error('invariant 4: a stored reply was replaced');
    }
  }
}

function checkWorld(
  world: World,
  { turns, cutOff = [], crashes, lostLocks, expiries = 0, policy, slots, approve }: Scenario,
): void {
  for (const { held } of Object.values(world.shares)) {
    const holders = Object.keys(held).length;
    require(slots === undefined ||
      holders <= slots.nominal + slots.reserve, 'more shares than slots');
  }
  const { job, steps, effects, asked } = world;
  // A worker that goes on without its lock can't be told from a dead one: the sweeper has its step claimed again.
  const mayAsk = lostLocks > 0 ? defaultRules.crashLimit + expiries : 1 + crashes + expiries;
  for (const [turn, times] of Object.entries(asked)) {
    require(times <= mayAsk, `the model was asked ${times} times for turn ${turn}`);
  }
  const approvals = job.onUnknownOutcome === 'ask' ? 2 - world.decisionsLeft : 0;
  for (const [turn, calls] of turns.entries()) {
    for (const [index, effect] of calls.entries()) {
      const happened = effects[`${turn}.${index}`] ?? 0;
      const repeated = effect === 'writes' && policy !== 'retry' && happened > 1 + approvals;
      require(!repeated, 'invariant 5: a writing call was repeated without a word');
      require(happened === 0 ||
        !cutOff.includes(turn), 'a call of a reply that was cut off was made');
      const word = steps[`decision ${turn}.${index}.0`];
      const isApproved =
        word?.kind === 'decision' && ['approve', 'edit'].includes(word.decision.decision);
      require(approve !== true || happened === 0 || isApproved, 'a call was made without approval');
      const stored = steps[`turn ${turn}`] !== undefined;
      require(happened === 0 || stored, 'invariant 4: a call ran before its reply was stored');
      const outcome = steps[`outcome ${turn}.${index}`];
      const claimsSuccess =
        outcome?.kind === 'outcome' && 'output' in outcome.answer && outcome.answer.output === 'ok';
      require(!claimsSuccess || happened > 0, 'a success that never happened');
    }
  }
  checkQuestions(world);
  checkHistory(world);
}

/** Invariant 5: nobody is asked about a claim whose outcome has been reported, in time or late. */
function checkQuestions({ job, steps }: World): void {
  if (job.phase.name !== 'calls') return;
  for (const [index, { step }] of job.phase.calls.entries()) {
    if (step.status !== 'unknown') continue;
    const late = steps[`late_outcome ${job.turn}.${index}.${step.epoch}`];
    require(late ===
      undefined, 'invariant 5: a person is asked about a call whose outcome is kept');
  }
}

/** The same of what a worker has just reported. */
function checkReport(from: World, to: World): void {
  const { phase } = to.job;
  if (phase.name !== 'calls' || to.job === from.job) return;
  for (const [place, worker] of from.workers.entries()) {
    const learnt = learntBy(worker);
    if (learnt?.at !== 'has outcome' || learnt.outcome.kind === 'unknown') continue;
    // It says that the outcome is not known yet.
    if (learnt.outcome.kind === 'accepted') continue;
    if (learntBy(to.workers[place]) !== undefined) continue;
    const asked = phase.calls.some(
      ({ step }) => step.status === 'unknown' && step.epoch === learnt.epoch,
    );
    require(!asked, 'invariant 5: a person is asked about a call whose outcome was reported');
  }
}

function require(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

/**
 * Invariant 6: each call of the history has exactly one answer, right behind its message, in order; and none says of a
 * call that had its effect that it was not made, or that it failed. A person may say so.
 */
function checkHistory({ job, steps, effects }: World): void {
  const messages = messagesOf({ job, prompt: 'prompt', steps: Object.values(steps) });
  const expected: RequestedCall[] = [];
  for (const message of messages) {
    if (message['role'] === 'tool') {
      const call = expected.shift();
      require(message['tool_call_id'] === call?.id, 'invariant 6: a call without its answer');
      const [, turn, index] = call?.id.split('-') ?? [];
      const happened = (effects[`${turn}.${index}`] ?? 0) > 0;
      const changes = call?.function.name !== 'tool_reads';
      const denied = /code\\":\\"(cancelled|limit|mishap)/.test(JSON.stringify(message));
      require(!happened ||
        !changes ||
        !denied, 'invariant 6: a call that had its effect is said not to have had it');
      continue;
    }
    require(expected.length === 0, 'invariant 6: a call without its answer');
    expected.push(...((message['tool_calls'] ?? []) as unknown as RequestedCall[]));
  }
  require(expected.length === 0, 'invariant 6: a call without its answer');
}

/** Call ids are `call-<turn>-<index>`. */
interface RequestedCall {
  readonly id: string;
  readonly function: { readonly name: string };
}
