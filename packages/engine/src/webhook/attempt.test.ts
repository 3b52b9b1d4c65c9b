import type { WebhookDelivery } from '@pawl/contracts';
import { expect, test } from 'vitest';
import { defaultRules, defaultWebhookRules } from '../domain/rules.ts';
import type { WebhookOutcome } from '../domain/webhook.ts';
import { recordAttempt } from './attempt.ts';
import { claimDelivery, replayDelivery } from './delivery.ts';
import { newDelivery } from './events.ts';

const rules = { ...defaultRules, webhooks: { ...defaultWebhookRules, jitter: 0 } };
const source = { id: 'job_0_a', sequence: 1, tenant: 't', job: 'job_0_a' };
const fresh = newDelivery(source, 'job.completed', 'https://receiver.example', 0);

function claim(delivery: WebhookDelivery, now = 0) {
  const since = 'since' in delivery.phase ? delivery.phase.since : -1;
  const decision = claimDelivery(delivery, { since }, { now, rules });
  if (decision.kind !== 'claim') throw new Error(`not claimed: ${decision.kind}`);
  return decision;
}

function record(delivery: WebhookDelivery, outcome: WebhookOutcome, now = 10) {
  const { running, epoch } = claim(delivery, now);
  const context = { now, random: 0, rules };
  const decision = recordAttempt(running, { epoch, outcome }, context);
  if (decision.kind !== 'commit') throw new Error('nothing was decided');
  return decision.write;
}

const answered = (status: number, retryAfter?: number): WebhookOutcome => ({
  kind: 'answered',
  status,
  ...(retryAfter === undefined ? {} : { retryAfter }),
});
const lost: WebhookOutcome = { kind: 'failed', error: { code: 'timed_out', message: '' } };

test.each([200, 201, 204, 299])('%i is success', (status) => {
  expect(record(fresh, answered(status)).after.phase).toEqual({ status: 'succeeded', at: 10 });
});

test.each([100, 300, 301, 307, 400, 401, 404, 429, 500, 503])('%i is tried again', (status) => {
  const { after } = record(fresh, answered(status));
  expect(after.phase).toMatchObject({ status: 'ready', notBefore: 5_010 });
  expect(after).toMatchObject({ tries: 1, attempts: 1 });
  expect(after.log[0]).toMatchObject({ responseCode: status });
});

test('410 is the end, and of the endpoint too', () => {
  const { after, endpoint } = record(fresh, answered(410));
  expect(after.phase).toMatchObject({ status: 'dead', reason: 'endpoint_gone' });
  expect(endpoint).toBe('disabled');
});

const wait = (retryAfter: number) => record(fresh, answered(503, retryAfter), 0).after.phase;

test('Retry-After is honoured, and bounded by a day', () => {
  expect(wait(60_000)).toMatchObject({ notBefore: 60_000 });
  expect(wait(1e12)).toMatchObject({ notBefore: 86_400_000 });
});

test('ten failures are the end', () => {
  let delivery = fresh;
  for (let attempt = 1; attempt < 10; attempt += 1) {
    delivery = record(delivery, lost, attempt * 1e8).after;
    expect(delivery.phase.status).toBe('ready');
  }
  expect(record(delivery, lost, 1e9).after.phase).toEqual({
    status: 'dead',
    at: 1e9,
    reason: 'attempts_exhausted',
  });
});

test('a worker that is told to stop gives the delivery back, with no attempt counted', () => {
  const { after } = record(fresh, { kind: 'aborted' });
  expect(after).toMatchObject({ tries: 0, attempts: 0, log: [] });
  expect(after.phase).toMatchObject({ status: 'ready', notBefore: 10 });
});

test('only the newest claimant records (invariant 2)', () => {
  const first = claim(fresh);
  const second = claim(first.running, 20);
  const context = { now: 30, random: 0, rules };
  expect(
    recordAttempt(second.running, { epoch: first.epoch, outcome: answered(200) }, context).kind,
  ).toBe('nothing');
});

test('an attempt of which nobody reported counts, and ends a delivery that kills its workers', () => {
  let delivery = fresh;
  for (let attempt = 1; attempt <= 10; attempt += 1) delivery = claim(delivery, attempt).running;
  expect(delivery.log.at(-1)?.error?.code).toBe('no_outcome');
  const since = 'since' in delivery.phase ? delivery.phase.since : -1;
  const decision = claimDelivery(delivery, { since }, { now: 11, rules });
  expect(decision).toMatchObject({ kind: 'dead', after: { attempts: 10 } });
});

test('a stale task, an early one and one for a settled delivery claim nothing', () => {
  expect(claimDelivery(fresh, { since: 99 }, { now: 0, rules }).kind).toBe('nothing');
  const waiting = record(fresh, lost).after;
  const since = 'since' in waiting.phase ? waiting.phase.since : -1;
  expect(claimDelivery(waiting, { since }, { now: 11, rules })).toEqual({
    kind: 'early',
    at: 5_010,
  });
  expect(
    claimDelivery(record(fresh, answered(200)).after, { since: 1 }, { now: 0, rules }).kind,
  ).toBe('nothing');
});

test('a replay has a fresh round of attempts, keeps what was tried, and opens the endpoint', () => {
  const dead = record(fresh, answered(410)).after;
  const decision = replayDelivery(dead, { now: 50 });
  expect(decision).toMatchObject({
    kind: 'commit',
    write: {
      endpoint: 'enabled',
      after: {
        tries: 0,
        attempts: 1,
        event: fresh.event,
        phase: { status: 'ready', notBefore: 50 },
      },
    },
  });
  expect(replayDelivery(claim(fresh).running, { now: 50 }).kind).toBe('nothing');
});

test('the log of attempts is bounded', () => {
  let delivery = fresh;
  for (let attempt = 0; attempt < 30; attempt += 1) {
    delivery = record({ ...delivery, tries: 0 }, lost, attempt * 1e6).after;
  }
  expect(delivery.attempts).toBe(30);
  expect(delivery.log).toHaveLength(20);
});
