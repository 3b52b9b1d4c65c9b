import { Job } from '@pawl/contracts';
import { expectKilled } from '../testbed/harness-process.ts';
import type { Namespace } from '../testbed/namespace.ts';
import { type Experiment, orderOf, type Survivors } from './crash-cases.ts';

/**
 * The gateway dies between admitting and waking; the client, who saw a broken connection, repeats the request at another
 * one under the same Idempotency-Key. Answers the job's id: there must be one.
 */
export async function postTwice(
  survivors: Survivors,
  namespace: Namespace,
  experiment: Experiment,
): Promise<string> {
  const { name, store } = namespace;
  const { user, hook } = experiment;
  const request = { ...experiment, webhookUrl: survivors.testbed.receiver.origin + hook };
  const victim = await survivors.testbed.startProcess('gateway-main');
  const failpoint = { point: 'after_admission', occurrence: 1, action: { kind: 'kill' } } as const;
  const port = await victim.serve({ name, failpoints: [failpoint] });
  const answer = await postOverHttp(port, request).catch((error: unknown) => error);
  if (!isConnectionFailure(answer)) {
    throw new Error(`a gateway that should die answered ${String(answer)}`);
  }
  await expectKilled(victim);
  const gateway = await survivors.gateway();
  const { id } = await postOverHttp(await gateway.serve({ name, failpoints: [] }), request);
  await gateway.leave();
  const { jobs } = await store.listJobs({ tenant: 'default', user, limit: 10 });
  if (jobs.length !== 1) throw new Error(`the request made ${jobs.length} jobs`);
  return id;
}

async function postOverHttp(
  port: number | undefined,
  { prompt, user, reference, webhookUrl, crashCase }: Experiment & { webhookUrl: string },
): Promise<Job> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/jobs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': reference },
    body: JSON.stringify({
      prompt,
      user,
      connections: orderOf(crashCase).connections,
      webhook: { url: webhookUrl, events: ['job.completed'] },
    }),
  });
  const answer: unknown = await response.json();
  if (response.status !== 202) throw new Error(`${response.status}: ${JSON.stringify(answer)}`);
  return Job.parse(answer);
}

/** What fetch throws when the other side goes away. */
function isConnectionFailure(answer: unknown): boolean {
  return answer instanceof TypeError && answer.message === 'fetch failed';
}
