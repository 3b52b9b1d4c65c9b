import { z } from 'zod';

/** What a webhook can tell: the ends of a job, that it needs a person, and that a schedule has stopped itself. */
export const WebhookEventType = z.enum([
  'job.completed',
  'job.incomplete',
  'job.failed',
  'job.cancelled',
  'job.expired',
  'job.requires_action',
  'schedule.disabled',
]);
export type WebhookEventType = z.infer<typeof WebhookEventType>;

/** Where webhooks may be sent, as far as text can say: addresses are checked when they are connected to. */
export const WebhookUrl = z
  .string()
  .max(2_048)
  .refine(isWebAddress, 'must be a URL that starts with http:// or https://')
  .refine((text) => !hasCredentials(text), 'must not hold a user name or a password');

/** A job's own webhook, in the body of `POST /v1/jobs`. Without `events` it is told everything. */
export const WebhookRequest = z.strictObject({
  url: WebhookUrl,
  events: z.array(WebhookEventType).min(1).max(WebhookEventType.options.length).optional(),
});
export type WebhookRequest = z.infer<typeof WebhookRequest>;

/** Who is told, and of what: settled when the job is admitted. */
export const WebhookTarget = z.object({
  url: z.string(),
  events: z.array(WebhookEventType),
});
export type WebhookTarget = z.infer<typeof WebhookTarget>;

/** The body of every webhook; `data` is the job, or the schedule. */
export const WebhookEvent = z.object({
  id: z.string(),
  object: z.literal('event'),
  type: WebhookEventType,
  created_at: z.iso.datetime(),
  data: z.record(z.string(), z.unknown()),
});
export type WebhookEvent = z.infer<typeof WebhookEvent>;

function isWebAddress(text: string): boolean {
  const { protocol } = parse(text) ?? {};
  return protocol === 'http:' || protocol === 'https:';
}

function hasCredentials(text: string): boolean {
  const url = parse(text);
  return url !== undefined && (url.username !== '' || url.password !== '');
}

function parse(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
