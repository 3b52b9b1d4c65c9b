import { existsSync } from 'node:fs';
import type { JobTransition, ModelClient, ToolClient } from '@pawl/engine';
import type { PawlStore } from '@pawl/store';
import { z } from 'zod';

/** The named points of a worker, and of a gateway, at which a harness process can be ended or paused. */
export const FailpointName = z.enum([
  'before_model_call',
  'after_model_call',
  'after_reply_commit',
  'before_tool_call',
  'after_tool_call',
  'after_outcome_commit',
  'after_admission',
  'before_erasure',
]);
export type FailpointName = z.infer<typeof FailpointName>;

/** What happens to the process at the point: SIGKILL, SIGSTOP, or an event loop that does not turn until a file exists. */
const FailpointAction = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('kill') }),
  z.strictObject({ kind: z.literal('stop') }),
  z.strictObject({ kind: z.literal('block'), until: z.string() }),
]);

/** Takes effect when a job comes to the point for the `occurrence`-th time in this process, or every time. */
export const Failpoint = z.strictObject({
  point: FailpointName,
  /** Absent: any job. */
  job: z.string().optional(),
  occurrence: z.union([z.int().min(1), z.literal('every')]),
  action: FailpointAction,
});
export type Failpoint = z.infer<typeof Failpoint>;

export interface ReachPoint {
  /** Says that a job has come to a point. Resolves at once if no failpoint takes effect there. */
  (point: FailpointName, job: string): Promise<void>;
  /** Whether the process is killed when the job comes to the point for the next time. */
  readonly kills: (point: FailpointName, job: string) => boolean;
}

export function armFailpoints(failpoints: readonly Failpoint[]): ReachPoint {
  const visits = new Map<Failpoint, number>();
  const at = (point: FailpointName, job: string) =>
    failpoints.filter(
      (failpoint) =>
        failpoint.point === point && (failpoint.job === undefined || failpoint.job === job),
    );
  const takesEffect = ({ occurrence }: Failpoint, visit: number) =>
    occurrence === 'every' || occurrence === visit;
  const reach = async (point: FailpointName, job: string) => {
    for (const failpoint of at(point, job)) {
      const visit = (visits.get(failpoint) ?? 0) + 1;
      visits.set(failpoint, visit);
      if (takesEffect(failpoint, visit)) await takeEffect(failpoint);
    }
  };
  const kills = (point: FailpointName, job: string) =>
    at(point, job).some(
      (failpoint) =>
        failpoint.action.kind === 'kill' &&
        takesEffect(failpoint, (visits.get(failpoint) ?? 0) + 1),
    );
  return Object.assign(reach, { kills });
}

/** Nobody can tell a blocked process anything, so it looks for itself; an orphan goes on. */
function blockUntil(file: string): void {
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  const parent = process.ppid;
  while (!existsSync(file) && process.ppid === parent) Atomics.wait(nobody, 0, 0, 20);
}

async function takeEffect({ action }: Failpoint): Promise<void> {
  switch (action.kind) {
    case 'kill':
      process.kill(process.pid, 'SIGKILL');
      // Nothing of this process may run while the signal is on its way.
      return new Promise(() => undefined);
    case 'stop':
      process.kill(process.pid, 'SIGSTOP');
      return;
    case 'block':
      blockUntil(action.until);
  }
}

/** A model client with failpoints on both sides of every call. */
export function modelWithFailpoints(model: ModelClient, reach: ReachPoint): ModelClient {
  return {
    providerOf: (name) => model.providerOf(name),
    async complete(request, signal, onText) {
      await reach('before_model_call', request.jobId);
      const outcome = await model.complete(request, signal, onText);
      await reach('after_model_call', request.jobId);
      return outcome;
    },
  };
}

/** The same for tool calls; look-ups pass. */
export function toolsWithFailpoints<Client extends ToolClient>(
  tools: Client,
  reach: ReachPoint,
): Client {
  return {
    ...tools,
    async execute(invocation, signal) {
      await reach('before_tool_call', invocation.jobId);
      const outcome = await tools.execute(invocation, signal);
      await reach('after_tool_call', invocation.jobId);
      return outcome;
    },
  };
}

/**
 * A store with failpoints after its commits, and before erasures. The tasks of a commit behind which the process is killed
 * are not changed: a commit and its tasks are one, so no real death leaves that, but whatever comes must make up for it.
 */
export function storeWithFailpoints(store: PawlStore, reach: ReachPoint): PawlStore {
  return {
    ...store,
    async eraseFound(erasable) {
      await reach('before_erasure', erasable.job.id);
      return store.eraseFound(erasable);
    },
    async commit(commit, tasks) {
      const points = commit.jobs.flatMap((write) => {
        const point = pointAfter(write);
        return point === undefined ? [] : [{ point, job: write.after.id }];
      });
      const isLast = points.some(({ point, job }) => reach.kills(point, job));
      const answer = await store.commit(commit, isLast ? undefined : tasks);
      if (answer.kind === 'written') {
        for (const { point, job } of points) await reach(point, job);
      }
      return answer;
    },
  };
}

function pointAfter({ before, steps }: JobTransition): FailpointName | undefined {
  if (before === null) return 'after_admission';
  if (steps.some((step) => step.kind === 'turn')) return 'after_reply_commit';
  if (steps.some((step) => step.kind === 'outcome')) return 'after_outcome_commit';
  return undefined;
}
