import { noWaitingJobs } from '../../src/domain/conversation.ts';
import { freshStep } from '../../src/job/steps.ts';
import { emptyPool } from '../../src/share/pool.ts';
import { transitions } from './transitions.ts';
import type { Scenario, Move, World } from './world.ts';

export interface Exploration {
  /** Every reachable world, by its name. */
  readonly worlds: ReadonlyMap<string, World>;
  readonly successors: ReadonlyMap<string, readonly string[]>;
  /** The steps that lead to a world, from the start. */
  pathTo(name: string): string[];
}

/** Explores every interleaving, and calls `check` on each step that can be taken. */
export function explore(
  scenario: Scenario,
  check: (from: World, applyTransition: Move) => void,
): Exploration {
  const start = startOf(scenario);
  const startName = nameOf(start);
  const worlds = new Map<string, World>([[startName, start]]);
  const successors = new Map<string, readonly string[]>();
  const origins = new Map<string, { from: string; step: string }>();
  const pathTo = (name: string): string[] => {
    const steps: string[] = [];
    for (let at = origins.get(name); at !== undefined; at = origins.get(at.from))
      steps.push(at.step);
    return steps.toReversed();
  };
  const open = [startName];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const world = worlds.get(name);
    if (world === undefined) throw new Error('an open world must be known');
    const next = transitions(world, scenario).map((applyTransition) => {
      try {
        check(world, applyTransition);
      } catch (error) {
        const steps = [...pathTo(nameOf(world)), applyTransition.name];
        throw new Error(`${String(error)}\nafter: ${steps.join('\n       ')}`, { cause: error });
      }
      const nextName = nameOf(applyTransition.world);
      if (!worlds.has(nextName)) {
        worlds.set(nextName, applyTransition.world);
        origins.set(nextName, { from: name, step: applyTransition.name });
        open.push(nextName);
      }
      return nextName;
    });
    successors.set(name, next);
  }
  return { worlds, successors, pathTo };
}

/** The worlds from which no path leads to one that satisfies `goal`. */
export function stuckWorlds(
  { worlds, successors }: Exploration,
  goal: (world: World) => boolean,
): string[] {
  const predecessors = new Map<string, string[]>();
  for (const [from, targets] of successors) {
    for (const target of targets) {
      const known = predecessors.get(target);
      if (known === undefined) predecessors.set(target, [from]);
      else known.push(from);
    }
  }
  const reaching = new Set([...worlds].filter(([, world]) => goal(world)).map(([name]) => name));
  const open = [...reaching];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const from of predecessors.get(name) ?? []) {
      if (reaching.has(from)) continue;
      reaching.add(from);
      open.push(from);
    }
  }
  return [...worlds.keys()].filter((name) => !reaching.has(name));
}

/** Workers are alike: worlds that differ only in which of them does what are one. */
function nameOf(world: World): string {
  const { job, steps, queue, shares, workers, conversation, effects, asked, ...left } = world;
  const held = workers.map(() => '');
  const waiting: string[] = [];
  for (const [id, { holder }] of Object.entries(queue)) {
    if (holder === null) waiting.push(id);
    else held[holder] += id;
  }
  return [
    ...workers.map((worker, index) => `${held[index]} ${textOf(worker)}`).toSorted(),
    ...waiting.toSorted(),
    textOf(job, standing),
    textOf(steps, recorded),
    textOf(conversation),
    textOf(shares),
    textOf(effects),
    textOf(asked),
    ...Object.values(left),
  ].join('\n');
}

const texts = new WeakMap<object, string>();

/** Worlds share what did not change between them. */
function textOf<Part extends object>(part: Part, meaning: (part: Part) => unknown = same): string {
  const known = texts.get(part);
  if (known !== undefined) return known;
  const text = JSON.stringify(meaning(part));
  texts.set(part, text);
  return text;
}

function same(part: object): object {
  return part;
}

/** What decisions go by. */
function standing({ sequence, turn, startedAt, expiresAt, claims, phase }: World['job']): unknown {
  return [sequence, turn, startedAt, expiresAt, claims, phase];
}

/** What was recorded follows from the job, but for what a retry has to go by and what the next model reads. */
function recorded(steps: World['steps']): string[] {
  return Object.entries(steps).flatMap(([name, step]) => {
    if (step.kind !== 'outcome' && step.kind !== 'late_outcome') return [];
    const { answer } = step;
    return [`${name} ${'failure' in answer ? answer.failure.code : 'output'}`];
  });
}

function startOf(scenario: Scenario): World {
  return {
    job: {
      id: 'job',
      tenant: 'tenant',
      user: 'user',
      conversation: 'conversation',
      sequence: 1,
      createdAt: 0,
      expiresAt: 1,
      priority: 0,
      limits: { turns: 8, tool_calls: 64, deadline_seconds: 1 },
      onUnknownOutcome: scenario.policy,
      usage: { modelCalls: 0, toolCalls: 0, inputTokens: 0, outputTokens: 0, costUsd: 0 },
      turn: 0,
      model: 0,
      claims: [],
      phase: { name: 'turn', step: freshStep(1, 0) },
    },
    steps: {},
    // The gateway died between its commit and its wake: the sweeper has to find the job.
    queue: {},
    shares: { turn: emptyPool, tool_call: emptyPool },
    workers: Array.from({ length: scenario.workers }, () => ({ at: 'idle' }) as const),
    effects: {},
    asked: {},
    conversation: {
      id: 'conversation',
      tenant: 'tenant',
      user: 'user',
      revision: 0,
      createdAt: 0,
      active: 'job',
      line: noWaitingJobs,
      holds: {},
    },
    crashesLeft: scenario.crashes,
    lostLocksLeft: scenario.lostLocks,
    cancelsLeft: scenario.cancels,
    decisionsLeft: scenario.policy === 'ask' ? 2 : 0,
    expiriesLeft: scenario.expiries ?? 0,
    retriesLeft: scenario.expiries ?? 0,
    refusalsLeft: scenario.refusals ?? 0,
    resultsLeft: scenario.results ?? 0,
  };
}
