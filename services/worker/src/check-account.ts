import { postponeAccountCheck, resumeAccount, applyTransition, contextOf } from '@pawl/engine';
import type { WorkerDependencies } from './worker.ts';

/**
 * Looks whether the account that a waiting job needs is active by now: right after the wait was committed, and sparsely
 * while it lasts, should every callback have been lost (invariant 8).
 */
export async function checkAccount(
  { engine, tools, log }: Pick<WorkerDependencies, 'engine' | 'tools' | 'log'>,
  jobId: string,
  connection: string,
): Promise<void> {
  const job = await engine.store.readJob(jobId);
  if (job === undefined) return;
  const { tenant, user } = job;
  const active = await tools.isAccountActive({ tenant, user, connection }, { fresh: true });
  const resumes = active.kind === 'found' && active.value;
  const decision = await applyTransition(engine, jobId, (fresh) =>
    resumes
      ? resumeAccount(fresh, { connection }, contextOf(engine))
      : postponeAccountCheck(fresh, { connection }, contextOf(engine)),
  );
  if (resumes && decision.kind === 'commit') {
    log.info({ job: jobId, connection }, 'job goes on: the account is active');
  }
}
