import { resumeAccount } from '../decisions/account.ts';
import type { Account } from '../ports.ts';
import type { Engine } from './dependencies.ts';
import { transition } from './transition.ts';

/**
 * The account is active: resumes every job that waits for it, and answers how many there were. A death in the middle
 * loses nothing: the sweeper's sparse look finds the account active (invariant 8).
 */
export async function resumeJobs(engine: Engine, account: Account): Promise<number> {
  const jobs = await engine.store.jobsWaitingFor(account);
  const decisions = await Promise.all(
    jobs.map((job) =>
      transition(engine, job, (state) => resumeAccount(state, account, engine.now())),
    ),
  );
  return decisions.filter((decision) => decision.kind === 'commit').length;
}
