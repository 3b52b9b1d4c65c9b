import { setTimeout as pause } from 'node:timers/promises';
import { Job } from '@pawl/contracts';

/** A client that repeats what was not answered, as clients of a service that restarts have to. */
export interface PatientClient {
  /** Accepted exactly once, however often it had to be sent: every job has a key of its own. */
  post(body: object, idempotencyKey: string): Promise<Job>;
  /** Waits until the job ends, and tells `onAction` whenever it waits for a person. */
  untilEnded(job: string, onAction: (job: Job) => Promise<void>): Promise<Job>;
  decide(approval: string, decision: object): Promise<void>;
  /** False: the job can't go on, since a later one of its conversation has started. */
  retry(job: string): Promise<boolean>;
}

export interface PatientClientSettings {
  readonly baseUrl: () => string;
  /** The API key: whose jobs these are. */
  readonly key: string;
  readonly signal: AbortSignal;
}

const retryPause = 200;
const ended = new Set<Job['status']>(['completed', 'incomplete', 'failed', 'cancelled', 'expired']);

/** Every call rejects when the signal is aborted. */
export function createPatientClient({
  baseUrl,
  key,
  signal,
}: PatientClientSettings): PatientClient {
  /** The body of the first answer that is not a 5xx. */
  async function send(path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${key}`);
    for (;;) {
      signal.throwIfAborted();
      try {
        const response = await fetch(new URL(path, baseUrl()), {
          ...init,
          headers,
          signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]),
        });
        const body: unknown = await response.json();
        if (response.status < 500) return { status: response.status, body };
      } catch {
        // The gateway or its Redis is away, or went away in the middle of it.
      }
      await pause(retryPause);
    }
  }
  const sendJson = (path: string, body: object, headers: Record<string, string> = {}) =>
    send(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });

  return {
    async post(body, idempotencyKey) {
      const answer = await sendJson('/v1/jobs', body, { 'idempotency-key': idempotencyKey });
      return Job.parse(expected(answer, 202));
    },
    async untilEnded(id, onAction) {
      for (let since = ''; ;) {
        const answer = await send(`/v1/jobs/${id}?wait=20${since}`);
        const job = Job.parse(expected(answer, 200));
        if (ended.has(job.status)) return job;
        since = '';
        if (job.status !== 'requires_action') continue;
        await onAction(job);
        since = `&after=${job.sequence}`;
      }
    },
    async decide(approval, decision) {
      const answer = await sendJson(`/v1/approvals/${approval}`, decision);
      // 409: the real outcome came first.
      if (answer.status !== 409) expected(answer, 200);
    },
    async retry(job) {
      const answer = await sendJson(`/v1/jobs/${job}/retry`, {});
      if (answer.status === 409) return false;
      expected(answer, 202);
      return true;
    },
  };
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

function expected({ status, body }: Answer, wanted: number): unknown {
  if (status === wanted) return body;
  throw new Error(`the gateway answered ${status}: ${JSON.stringify(body)}`);
}
