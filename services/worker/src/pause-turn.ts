import type { AdmittedRequest, JobState } from '@pawl/contracts';
import {
  nextFreeModel,
  pauseEnd,
  pauseTurn,
  applyTransition,
  type ModelFailure,
} from '@pawl/engine';
import type { WorkerDependencies } from './worker.ts';

/** When the pause of the provider of a model ends, in milliseconds since 1970; undefined: it is not paused. */
export function pauseOf({ model, pauses }: WorkerDependencies, name: string): number | undefined {
  return pauses.until(model.providerOf(name));
}

/** Gives a claimed turn back without a model call: the provider has asked everybody to wait until then. */
export async function waitForProvider(
  worker: WorkerDependencies,
  { job, epoch }: { readonly job: JobState; readonly epoch: number },
  { request, until }: { readonly request: AdmittedRequest; readonly until: number },
): Promise<void> {
  const { engine, log } = worker;
  const nextModel = modelElsewhere(worker, request, job);
  log.info({ job: job.id, turn: job.turn, until, nextModel }, 'provider is paused');
  await applyTransition(engine, job.id, (fresh) => {
    const moment = { now: engine.now(), random: engine.random(), rules: engine.rules };
    return pauseTurn(fresh, { epoch, until, nextModel }, moment);
  });
}

/**
 * Where a model call has failed since its provider asks everybody to wait: pauses it for every worker, before the
 * failure is committed. Answers the model with which the job can go on meanwhile, if it has one.
 */
export async function pauseProvider(
  worker: WorkerDependencies,
  job: JobState,
  { failure, request }: { readonly failure: ModelFailure; readonly request: AdmittedRequest },
): Promise<number | undefined> {
  if (failure.kind !== 'transient' || failure.pausesProvider !== true) return undefined;
  const { engine, model, pauses, log } = worker;
  const { retryAfter = 0 } = failure;
  const provider = model.providerOf(request.models[job.model] ?? '');
  const end = pauseEnd(engine.rules, { now: engine.now(), retryAfter });
  const until = await pauses.pause(provider, end);
  log.warn({ job: job.id, provider, until, retryAfter }, 'provider asks everybody to wait');
  return modelElsewhere(worker, request, job);
}

/** The next model of a job whose provider is not paused. */
function modelElsewhere(
  worker: WorkerDependencies,
  { models }: AdmittedRequest,
  { model: current }: JobState,
): number | undefined {
  return nextFreeModel(models, current, (name) => pauseOf(worker, name) !== undefined);
}
