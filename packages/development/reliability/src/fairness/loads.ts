import { setTimeout as pause } from 'node:timers/promises';
import { callOf, promptOf, referenceIn } from '../testbed/prompts.ts';
import type { Client, Place } from './place.ts';

/** What tenant a does to the worker, and what of tenant b is measured beside it. */
export interface Load {
  readonly name: string;
  /** What one step of a takes, in milliseconds. */
  readonly step: number;
  /** Resolves once the load stands. */
  readonly start: (place: Place) => Promise<unknown>;
  /** How long b waits for a step of its own, in milliseconds. */
  readonly probe: (place: Place, reference: string) => Promise<number>;
  /** How often it is asked; default: see {@link probes}. */
  readonly probes?: number;
}

/** How often b is measured, alone and beside the load. */
export const probes = 5;

const callLimit = 10_000;

const hold = (place: Place, match: object, effect: 'hang' | number): void => {
  place.sandbox.control.addFault({
    match,
    times: 'always',
    effect: effect === 'hang' ? { kind: 'hang' } : { kind: 'delay', milliseconds: effect },
  });
};

export const loads: readonly Load[] = [
  {
    name: '1,000 jobs of one user, model 0.3 s',
    step: 300,
    async start(place) {
      hold(place, { promptIncludes: 'Experiment load' }, 300);
      await many(1_000, (number) => postJob(place.a, `load-${number}`));
    },
    probe: untilModelAsked,
  },
  {
    name: 'one job with 60 hanging tool calls (limit 10 s)',
    step: callLimit,
    async start(place) {
      const hanging = whenCalled(place, 'a::user-load');
      place.sandbox.control.on('tool.before_effect', ({ identifier }) =>
        identifier === 'a::user-load' ? new Promise(() => undefined) : Promise.resolve(),
      );
      const calls = Array.from({ length: 60 }, (_, number) => callOf('reads', `load ${number}`));
      await postJob(place.a, 'load', {
        prompt: promptOf('load', [calls]),
        user: 'user-load',
        connections: ['gmail'],
      });
      await hanging;
      await pause(1_500);
    },
    probe: untilToolCalled,
  },
  {
    name: '100 jobs with a hanging model (limit 10 s)',
    step: callLimit,
    async start(place) {
      hold(place, { promptIncludes: 'Experiment load' }, 'hang');
      await many(100, (number) => postJob(place.a, `load-${number}`));
    },
    probe: untilModelAsked,
  },
  {
    name: '300 webhooks to 300 paths of one hanging host',
    step: 20_000,
    async start(place) {
      place.receiver.onReceipt(({ path }) =>
        path.startsWith('/load') ? new Promise(() => undefined) : Promise.resolve(),
      );
      await many(300, (number) =>
        postJob(place.a, `load-${number}`, {
          webhook: { url: `${place.receiver.origin}/load-${number}`, events: ['job.completed'] },
        }),
      );
      await pause(1_500);
    },
    probe: untilWebhookArrived,
  },
  {
    name: '1,000 schedules in one second: a job of b',
    step: 0,
    start: (place) => startSchedules(place),
    probe: untilModelAsked,
  },
  {
    name: '1,000 schedules in one second: b’s own schedule',
    step: 0,
    start: (place) => startSchedules(place, { ahead: true }),
    probe: untilScheduled,
    probes: 1,
  },
];

/** The next slot of a's schedules, if they stand already. */
let nextSlot: number | undefined;

/** Schedules of a that all fire at one moment; resolves at that moment, or `ahead` of it. */
async function startSchedules({ a }: Place, { ahead = false } = {}): Promise<void> {
  const slot = Date.now() + 30_000;
  await many(1_000, (number) => makeSchedule(a, `load-${number}`, slot));
  if (Date.now() > slot - 2_000) throw new Error('making 1,000 schedules took longer than 28 s');
  nextSlot = slot;
  if (!ahead) await pause(slot - Date.now());
}

async function makeSchedule(client: Client, reference: string, slot: number): Promise<void> {
  await client.post('/v1/schedules', {
    every_seconds: 3_600,
    start_at: new Date(slot).toISOString(),
    job: { prompt: promptOf(reference, []), user: `user-${reference}`, connections: [] },
  });
}

/** From the post until the worker asks the model. */
async function untilModelAsked(place: Place, reference: string): Promise<number> {
  const asked = whenModelAsked(place, reference);
  const postedAt = performance.now();
  await postJob(place.b, reference);
  await asked;
  return performance.now() - postedAt;
}

/** From the post until the job's first tool call arrives, which is its second step. */
async function untilToolCalled(place: Place, reference: string): Promise<number> {
  const called = whenCalled(place, 'b::user-b');
  const postedAt = performance.now();
  const prompt = promptOf(reference, [[callOf('reads', reference)]]);
  await postJob(place.b, reference, { prompt, user: 'user-b', connections: ['gmail'] });
  await called;
  return performance.now() - postedAt;
}

/** The next call of a tool for this account. */
function whenCalled({ sandbox }: Place, account: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = sandbox.control.on('tool.before_effect', async ({ identifier }) => {
      if (identifier !== account) return;
      stop();
      resolve();
    });
  });
}

/** From the post until the webhook of the job, which has one step, arrives. */
async function untilWebhookArrived(place: Place, reference: string): Promise<number> {
  const arrived = new Promise<void>((resolve) => {
    const stop = place.receiver.onReceipt(async ({ path }) => {
      if (path !== `/${reference}`) return;
      stop();
      resolve();
    });
  });
  const url = `${place.receiver.origin}/${reference}`;
  const postedAt = performance.now();
  await postJob(place.b, reference, { webhook: { url, events: ['job.completed'] } });
  await arrived;
  return performance.now() - postedAt;
}

/** From a schedule's slot, which is also that of a's schedules, until the worker asks the model. */
async function untilScheduled(place: Place, reference: string): Promise<number> {
  const slot = nextSlot !== undefined && nextSlot > Date.now() ? nextSlot : Date.now() + 3_000;
  const asked = whenModelAsked(place, reference);
  await makeSchedule(place.b, reference, slot);
  await asked;
  return Date.now() - slot;
}

function whenModelAsked({ sandbox }: Place, reference: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = sandbox.control.on('model.before_answer', async ({ prompt }) => {
      if (referenceIn(prompt) !== reference) return;
      stop();
      resolve();
    });
  });
}

async function postJob(client: Client, reference: string, parts: object = {}): Promise<void> {
  const body = { prompt: promptOf(reference, []), user: 'user-1', connections: [] };
  await client.post('/v1/jobs', { ...body, ...parts });
}

/** So many times, twenty at a time. */
async function many(count: number, work: (number: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const takeTurns = async () => {
    while (next < count) await work((next += 1));
  };
  await Promise.all(Array.from({ length: 20 }, takeTurns));
}
