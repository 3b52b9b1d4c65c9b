import type { Job } from '@pawl/contracts';
import { callOf, promptOf, type ScriptedCall } from '../testbed/prompts.ts';
import type { PatientClient } from './patient-client.ts';
import { seededRandom } from '@pawl/testing/seeded-random';

/** Every job has so many turns with so many tool calls at a time, and then its answer. */
const turnsWithCalls = 3;
const callsAtATime = 2;
export const callsPerJob = turnsWithCalls * callsAtATime;

/** One of them posts nearly everything: the other one's jobs must get through all the same. */
export const tenants = ['default', 'few'] as const;
export type Tenant = (typeof tenants)[number];

/** One of so many conversations is the smaller tenant's. */
const everyOfFew = 20;

export interface LoadSettings {
  readonly jobs: number;
  readonly seed: number;
  /** Jobs that have not ended at a time. */
  readonly window: number;
  readonly clients: Readonly<Record<Tenant, PatientClient>>;
  readonly onEnded: (job: Job) => void;
  readonly onSetAside: (job: Job) => void;
}

/**
 * Posts jobs, at most so many at a time, and follows each to its end. Half of the conversations get a second job while
 * the first one runs. A person who is asked about an unknown outcome says that it succeeded, never that it be repeated.
 */
export async function runLoad(settings: LoadSettings): Promise<Job[]> {
  const random = seededRandom(settings.seed);
  const waiting = Array.from({ length: settings.jobs }, (_, index) => ({
    user: `user-${settings.seed}-${index}`,
    tenant: index % everyOfFew === 0 ? ('few' as const) : ('default' as const),
    policy: random() < 0.5 ? 'ask' : 'tell_model',
    continues: random() < 0.5,
    turns: Array.from({ length: turnsWithCalls }, (_turn, turn) =>
      Array.from({ length: callsAtATime }, (_call, call) => drawCall(random, `${turn}.${call}`)),
    ),
  }));
  const jobs: Job[] = [];
  const runners = Array.from({ length: settings.window }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const first = await post(settings, next, 'first');
      const partner = next.continues ? waiting.shift() : undefined;
      const second =
        partner === undefined
          ? undefined
          : await post(
              settings,
              { ...partner, user: next.user, tenant: next.tenant },
              'second',
              first.conversation,
            );
      for (const posted of [first, second]) {
        if (posted !== undefined) jobs.push(await follow(settings, posted, next.tenant));
      }
    }
  });
  await Promise.all(runners);
  return jobs;
}

interface PlannedJob {
  readonly user: string;
  readonly tenant: Tenant;
  readonly policy: string;
  readonly turns: readonly (readonly ScriptedCall[])[];
}

async function post(
  { clients }: LoadSettings,
  { user, tenant, policy, turns }: PlannedJob,
  place: 'first' | 'second',
  conversation?: string,
): Promise<Job> {
  const reference = `${user}-${place}`;
  const labelled = turns.map((calls) => calls.map((call) => labelCall(call, place)));
  const body = {
    user,
    prompt: promptOf(reference, labelled),
    on_unknown_outcome: policy,
    ...(conversation === undefined ? {} : { conversation }),
  };
  return clients[tenant].post(body, reference);
}

/** Both jobs of a conversation make calls of their own: one that is performed twice was repeated. */
function labelCall(call: ScriptedCall, place: string): ScriptedCall {
  const entries = Object.entries(call.arguments).map(([name, value]) =>
    name === 'to' ? [name, value] : [name, `${place} ${value}`],
  );
  return { ...call, arguments: Object.fromEntries(entries) as Record<string, string> };
}

/** A step that lost its worker too often was quarantined: the job goes on from it when it is retried. */
async function follow(settings: LoadSettings, posted: Job, tenant: Tenant): Promise<Job> {
  const { clients, onEnded, onSetAside } = settings;
  const client = clients[tenant];
  const job = await client.untilEnded(posted.id, async ({ required_action: action }) => {
    if (action?.type !== 'resolve_tool_outcome') return;
    for (const { id } of action.approvals) {
      await client.decide(id, { decision: 'respond', output: 'sent' });
    }
  });
  if (job.error?.code === 'step_set_aside') {
    onSetAside(job);
    if (await client.retry(job.id)) return follow(settings, job, tenant);
  }
  onEnded(job);
  return job;
}

/** Half of all calls write. */
function drawCall(random: () => number, label: string): ScriptedCall {
  const draw = random();
  return callOf(draw < 0.5 ? 'writes' : draw < 0.75 ? 'reads' : 'idempotent', label);
}
