import { z } from 'zod';
import { JsonObject } from './json.ts';
import { AgentName, JobRequest } from './job-request.ts';

const {
  prompt: _prompt,
  conversation: _conversation,
  start_at: _startAt,
  delay_seconds: _delaySeconds,
  when_busy: _whenBusy,
  ...triggeredFields
} = JobRequest.shape;

/** The body of a job as a trigger posts it: the template makes its prompt, and the key its conversation. */
export const TriggeredJobRequest = z.strictObject(triggeredFields);
export type TriggeredJobRequest = z.infer<typeof TriggeredJobRequest>;

/** How senders prove themselves. */
const VerifyType = z.enum(['standard_webhooks', 'github', 'slack', 'bearer']);
export type VerifyType = z.infer<typeof VerifyType>;

const Verify = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('standard_webhooks'),
    secret: z
      .string()
      .regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, 'must be whsec_ and base64 of 24 to 64 bytes'),
  }),
  z.strictObject({ type: z.literal('github'), secret: z.string().min(16).max(500) }),
  z.strictObject({ type: z.literal('slack'), secret: z.string().min(16).max(500) }),
  z.strictObject({
    type: z.literal('bearer'),
    secret: z.string().regex(/^[\x21-\x7e]{16,500}$/, 'must be 16 to 500 visible ASCII characters'),
  }),
]);

/** A place in the payload, as RFC 6901 has it; or a header such as `header:x-github-event`. */
const Place = z
  .string()
  .max(500)
  .regex(
    /^((\/([^~]|~[01])*)?|header:[a-z0-9-]{1,100})$/,
    'must be a JSON pointer such as /issue/id, or header:name',
  );

const Scalar = z.union([z.string().max(1_000), z.number(), z.boolean(), z.null()]);

/** What has to hold of a place for an event to become a job. */
const Condition = z
  .strictObject({
    place: Place,
    equals: Scalar.optional(),
    in: z.array(Scalar).min(1).max(100).optional(),
    not_in: z.array(Scalar).min(1).max(100).optional(),
    exists: z.boolean().optional(),
  })
  .refine(
    ({ place: _place, ...tests }) =>
      Object.values(tests).filter((test) => test !== undefined).length === 1,
    'must have one of equals, in, not_in and exists',
  );
export type TriggerCondition = z.infer<typeof Condition>;

const fields = {
  description: z.string().max(1_000).optional(),
  agent: AgentName.optional(),
  job: TriggeredJobRequest.optional(),
  template: z.string().min(1).max(50_000),
  conversation_key: z.string().min(1).max(1_000).optional(),
  filter: z.array(Condition).max(20).optional(),
  enabled: z.boolean(),
};

const agentOrJob = {
  path: ['agent'],
  message: 'give agent or job, not both: job may name an agent',
};

/** The body of `POST /v1/triggers`. */
export const TriggerRequest = z
  .strictObject({ ...fields, enabled: fields.enabled.default(true), verify: Verify })
  .refine(({ agent, job }) => (agent === undefined) !== (job === undefined), {
    ...agentOrJob,
    message: 'give agent or job, one of them: job may name an agent',
  });
export type TriggerRequest = z.infer<typeof TriggerRequest>;

/** The body of `PATCH /v1/triggers/{id}`: what is left out stays, `null` takes a field away; `job` is replaced whole. */
export const TriggerChanges = z
  .strictObject({
    description: fields.description.nullable(),
    agent: fields.agent,
    job: fields.job,
    template: fields.template.optional(),
    conversation_key: fields.conversation_key.nullable(),
    filter: fields.filter.nullable(),
    enabled: fields.enabled.optional(),
    verify: Verify.optional(),
  })
  .refine(({ agent, job }) => agent === undefined || job === undefined, agentOrJob);
export type TriggerChanges = z.infer<typeof TriggerChanges>;

const Time = z.int().nonnegative();

/** The record of a trigger. `job` is what the client sent, and is read anew for each event. */
export const TriggerState = z.object({
  id: z.string(),
  tenant: z.string(),
  user: z.string(),
  revision: z.int().positive(),
  createdAt: Time,
  updatedAt: Time,
  description: z.string().optional(),
  job: JsonObject,
  /** The name of the agent that `job` names. */
  agent: z.string().optional(),
  template: z.string(),
  conversationKey: z.string().optional(),
  filter: z.array(Condition).optional(),
  enabled: z.boolean(),
  verify: z.object({ type: VerifyType, sealed: z.string() }),
});
export type TriggerState = z.infer<typeof TriggerState>;

/** What became of an event: a job, or why there is none. */
export const TriggerEventStatus = z.enum([
  'accepted',
  'duplicate',
  'filtered',
  'limited',
  'failed',
]);
export type TriggerEventStatus = z.infer<typeof TriggerEventStatus>;

/** One line of the log, as it is stored and shown. */
export const TriggerEvent = z.object({
  id: z.string(),
  object: z.literal('trigger_event'),
  /** The sender's own id of the event. */
  event: z.string(),
  status: TriggerEventStatus,
  job: z.string().nullable(),
  reason: z.string().nullable(),
  received_at: z.iso.datetime(),
});
export type TriggerEvent = z.infer<typeof TriggerEvent>;

export const TriggerEventList = z.object({
  object: z.literal('list'),
  data: z.array(TriggerEvent),
  next_cursor: z.string().nullable(),
});
export type TriggerEventList = z.infer<typeof TriggerEventList>;

/** A trigger as the API shows it: never its secret. */
export const Trigger = z.object({
  id: z.string(),
  object: z.literal('trigger'),
  url: z.string(),
  description: z.string().nullable(),
  agent: z.string().nullable(),
  user: z.string(),
  job: JsonObject,
  verify: z.object({ type: VerifyType }),
  template: z.string(),
  conversation_key: z.string().nullable(),
  filter: z.array(Condition).nullable(),
  enabled: z.boolean(),
  /** Requests that did not prove themselves. */
  rejected_requests: z.object({ count: z.int(), last_at: z.iso.datetime().nullable() }),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});
export type Trigger = z.infer<typeof Trigger>;

export const TriggerList = z.object({
  object: z.literal('list'),
  data: z.array(Trigger),
  next_cursor: z.string().nullable(),
});
export type TriggerList = z.infer<typeof TriggerList>;

/** The answer of `POST /hooks/{token}`. */
export const TakenEvent = z.object({
  object: z.literal('taken_event'),
  status: z.enum(['accepted', 'duplicate', 'filtered']),
});
export type TakenEvent = z.infer<typeof TakenEvent>;
