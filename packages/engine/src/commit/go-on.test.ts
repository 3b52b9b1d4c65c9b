import type { JobState } from '@pawl/contracts';
import { describe, expect, test } from 'vitest';
import { callWith, jobWith, runningStep } from '../../test/job.ts';
import type { Commit, CommitAnswer } from '../domain/commit.ts';
import { defaultRules } from '../domain/rules.ts';
import type { Share, TaskChanges } from '../domain/task.ts';
import { freshStep } from '../job/steps.ts';
import { recordOutcome } from '../tool-call/record-outcome.ts';
import type { Engine } from './engine.ts';
import { goOn, type ReserveNext, type StepClaim } from './go-on.ts';
import { type CommitOrNothing, nextState } from './next-state.ts';
import { applyTransition } from './transition.ts';

const context = { now: 100, random: 0, rules: defaultRules };
const asking = jobWith({ phase: { name: 'turn', step: runningStep } });

/** The reply of the running turn, whose calls become ready by it. */
function toCalls(effects: readonly ('reads' | 'writes')[], job: JobState = asking) {
  const calls = effects.map((effect) => callWith({ effect, step: freshStep(6, 100) }));
  const event = { type: 'turn.completed', turn: 0, tool_calls: calls.length } as const;
  return nextState(job, { patch: { phase: { name: 'calls', calls } }, events: [event] });
}

/** The outcome of the only running call, after which the next turn is ready. */
function toTurn() {
  const call = callWith({ effect: 'reads', step: runningStep });
  const job = jobWith({ phase: { name: 'calls', calls: [call] } });
  const report = { turn: 0, index: 0, epoch: 4, link: 'link' };
  const decision = recordOutcome(
    job,
    { ...report, outcome: { kind: 'succeeded', output: 'ok' } },
    context,
  );
  if (decision.kind !== 'commit') throw new Error(decision.kind);
  return decision.transition;
}

describe('the step that a commit makes ready', () => {
  test('is claimed by it: one sequence, both events, and an epoch of its own', () => {
    const onward = goOn(toCalls(['reads']), context);
    expect(onward?.wake.task).toEqual({
      kind: 'tool_call',
      job: 'job_0_a',
      turn: 0,
      index: 0,
      since: 6,
    });
    expect(onward?.transition.after.sequence).toBe(6);
    expect(onward?.transition.after.phase).toMatchObject({
      calls: [{ step: { status: 'running', since: 6, epoch: 6, crashes: 0, startedAt: 100 } }],
    });
    expect(onward?.transition.after.claims).toMatchObject([{ turn: 0, index: 0, epoch: 6 }]);
    expect(onward?.transition.events.map(({ type }) => type)).toEqual([
      'turn.completed',
      'tool_call.started',
    ]);
    expect(onward?.claim).toMatchObject({ epoch: 6, transition: onward?.transition });
  });

  test('is claimed by the last outcome of a turn, whose record is kept', () => {
    const onward = goOn(toTurn(), context);
    expect(onward?.transition.after).toMatchObject({
      sequence: 6,
      turn: 1,
      phase: { name: 'turn', step: { status: 'running', since: 6, epoch: 6 } },
    });
    expect(onward?.transition.steps).toMatchObject([{ kind: 'outcome', turn: 0, index: 0 }]);
  });

  test('is not claimed by it where it is a call that may not be repeated', () => {
    const made = toCalls(['writes']);
    expect(goOn(made, context)).toMatchObject({ wake: { task: { since: 6 } }, transition: made });
    expect(goOn(made, context)?.claim).toBeUndefined();
    const repeatable = toCalls(['writes'], { ...asking, onUnknownOutcome: 'retry' });
    expect(goOn(repeatable, context)?.claim?.epoch).toBe(6);
  });

  test('is left to others where it is one of several, is not due, or may not run', () => {
    expect(goOn(toCalls(['reads', 'reads']), context)).toBeUndefined();
    const later = callWith({ effect: 'reads', step: freshStep(6, 101) });
    const waiting = nextState(asking, { patch: { phase: { name: 'calls', calls: [later] } } });
    expect(goOn(waiting, context)).toBeUndefined();
    expect(goOn(toTurn(), { ...context, now: 2_000_000 })).toBeUndefined();
    expect(goOn(nextState(asking, { patch: {} }), context)).toBeUndefined();
  });
});

interface Given {
  readonly hasSlot?: boolean;
  /** What Redis answers to the commits: that they are written where nothing is said. */
  readonly answers?: (CommitAnswer['kind'] | Error)[];
}

const decide = (job: JobState): CommitOrNothing => ({
  kind: 'commit',
  transition: toCalls(['reads'], job),
});

/** Lets a worker commit a reply with one reading call, and notes what it does in its order. */
async function commitReply({ hasSlot = true, answers = [] }: Given = {}) {
  const done: string[] = [];
  const commits: Commit[] = [];
  const claims: (StepClaim | undefined)[] = [];
  const share: Share = {
    task: { kind: 'turn', job: 'job_0_a', since: 1 },
    isHeld: true,
    token: 'token',
    onCompleted: () => done.push('has ended its task'),
  };
  const engine = {
    store: {
      readJob: async () => asking,
      recallJob: () => undefined,
      async commit(commit: Commit, { wakes, start, ending }: TaskChanges) {
        const woken = wakes.map(({ task }) => ` and wakes ${task.kind}`).join('');
        const shared = ending?.isHeld === true ? ' with its share' : '';
        done.push(`commits${start === undefined ? '' : ' and starts'}${woken}${shared}`);
        commits.push(commit);
        const answer = answers.shift() ?? 'written';
        if (answer instanceof Error) throw answer;
        if (answer === 'written') ending?.onCompleted?.();
        return { kind: answer };
      },
    },
    queue: { wake: async () => ({ parked: [] }) },
    rules: defaultRules,
    now: () => context.now,
    random: () => 0,
    share,
  } as unknown as Engine;
  const reserveNext: ReserveNext = () => {
    if (!hasSlot) return undefined;
    return {
      lock: { token: 'next', duration: 1_000 },
      run(claim) {
        done.push(claim === undefined ? 'runs it' : 'runs it as claimed');
        claims.push(claim);
      },
      free: (isCrowded) =>
        done.push(isCrowded ? 'frees the slot, where others wait' : 'frees the slot'),
    };
  };
  const decision = await applyTransition(engine, asking.id, decide, { reserveNext }).catch(
    (error: Error) => error,
  );
  return { done, commits, claims, decision, share };
}

describe('a worker', () => {
  test('commits with the claim and starts the task in one, and goes on without a wake', async () => {
    const { done, commits, claims, share } = await commitReply();
    expect(done).toEqual([
      'commits and starts with its share',
      'has ended its task',
      'runs it as claimed',
    ]);
    expect(claims[0]?.transition.after).toEqual(commits[0]?.jobs[0]?.after);
    expect(share.isHeld).toBe(false);
  });

  test('wakes the step where it has no slot, and has claimed nothing', async () => {
    const { done, commits } = await commitReply({ hasSlot: false });
    expect(done).toEqual(['commits and wakes tool_call with its share', 'has ended its task']);
    expect(commits[0]?.jobs[0]?.after.phase).toMatchObject({
      calls: [{ step: { status: 'ready' } }],
    });
  });

  test('wakes the step where its task gets no share', async () => {
    const { done, commits } = await commitReply({ answers: ['not_started'] });
    expect(done).toEqual([
      'commits and starts with its share',
      'frees the slot, where others wait',
      'commits and wakes tool_call with its share',
      'has ended its task',
    ]);
    expect(commits[1]?.jobs[0]?.after.phase).toMatchObject({
      calls: [{ step: { status: 'ready' } }],
    });
  });

  test('decides anew where the commit was refused, and keeps its share until then', async () => {
    const { done } = await commitReply({ answers: ['refused'] });
    expect(done).toEqual([
      'commits and starts with its share',
      'frees the slot',
      'commits and starts with its share',
      'has ended its task',
      'runs it as claimed',
    ]);
  });

  test('runs the task as any other where the commit has failed: it may have started', async () => {
    const failure = new Error('Redis is away');
    const { done, decision, share } = await commitReply({ answers: [failure] });
    expect(done).toEqual(['commits and starts with its share', 'runs it']);
    expect(decision).toEqual(failure);
    expect(share.isHeld).toBe(true);
  });
});
