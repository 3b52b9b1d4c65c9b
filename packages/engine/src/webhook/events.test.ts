import type { JobEvent, JobState } from '@pawl/contracts';
import { expect, test } from 'vitest';
import type { JobTransition } from '../domain/commit.ts';
import { endpointOf, newDelivery, subscribedEvents, webhookTarget } from './events.ts';

const url = 'https://receiver.example/hooks';

test('a job tells its own webhook, else the tenant’s, and with null nobody', () => {
  expect(webhookTarget({ url, events: ['job.failed'] }, 'https://default.example')).toEqual({
    url,
    events: ['job.failed'],
  });
  expect(webhookTarget(undefined, url)?.url).toBe(url);
  expect(webhookTarget(undefined, undefined)).toBeUndefined();
  expect(webhookTarget(null, url)).toBeUndefined();
});

test('without a choice every event is told, and a choice is told once', () => {
  expect(webhookTarget({ url }, undefined)?.events).toContain('job.requires_action');
  const twice = webhookTarget({ url, events: ['job.failed', 'job.failed'] }, undefined);
  expect(twice?.events).toEqual(['job.failed']);
});

const write = (events: JobEvent[], webhook: JobState['webhook']): JobTransition => ({
  before: null,
  after: { webhook } as JobState,
  events,
  steps: [],
});

test('only ends and required actions are told, and only those that are wanted', () => {
  const target = webhookTarget({ url }, undefined);
  const events: JobEvent[] = [
    { type: 'turn.completed', turn: 1, tool_calls: 0 },
    { type: 'job.completed' },
  ];
  expect(subscribedEvents(write(events, target))).toEqual(['job.completed']);
  expect(subscribedEvents(write([{ type: 'job.queued' }], target))).toEqual([]);
  expect(subscribedEvents(write(events, { url, events: ['job.failed'] }))).toEqual([]);
  expect(subscribedEvents(write(events, undefined))).toEqual([]);
});

test('delivery and event take their ids from what they tell of, and its commit', () => {
  const source = { id: 'job_3_abc', sequence: 7, tenant: 't', job: 'job_3_abc' };
  const delivery = newDelivery(source, 'job.completed', url, 1_000);
  expect(delivery).toMatchObject({ id: 'whd_3_abc-7', event: 'evt_3_abc-7', job: 'job_3_abc' });
  expect(delivery.phase).toEqual({ status: 'ready', since: 1, notBefore: 1_000 });
  expect(newDelivery({ ...source, sequence: 8 }, 'job.failed', url, 0).id).not.toBe(delivery.id);
});

test('an endpoint is a tenant’s URL without its query', () => {
  const endpoint = endpointOf('t', url);
  expect(endpointOf('t', `${url}?job=1`)).toBe(endpoint);
  expect(endpointOf('t', `${url}/other`)).not.toBe(endpoint);
  expect(endpointOf('other', url)).not.toBe(endpoint);
  expect(endpoint).not.toContain('hooks');
});
