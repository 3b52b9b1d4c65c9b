import { ToolEffect } from '@pawl/contracts';
import { z } from 'zod';
import { Failpoint } from './failpoint.ts';

/** The part of Redis that a harness process works on, and the failpoints that it carries. */
export const Assignment = z.strictObject({
  /** Takes the place of `pawl` in every key. */
  name: z.string(),
  failpoints: z.array(Failpoint),
});
export type Assignment = z.infer<typeof Assignment>;

/** Times are milliseconds. */
export const ProcessSettings = z.strictObject({
  redisUrl: z.string(),
  sandbox: z.strictObject({
    origin: z.url(),
    modelBaseUrl: z.url(),
    clientId: z.string(),
    clientSecret: z.string(),
    modelApiKey: z.string(),
  }),
  timings: z.strictObject({
    concurrency: z.int(),
    lockDuration: z.number(),
    stalledInterval: z.number(),
    sweepInterval: z.number(),
    grace: z.number(),
    toolTimeout: z.number(),
    backOffBase: z.number(),
    /** For how long the event loop may stand still. */
    blockedLimit: z.number(),
  }),
  toolEffects: z.record(z.string(), ToolEffect),
  /** The file with the operator's own function. */
  toolSources: z.string().optional(),
  /** How long what has ended is kept, and a tenant's events; absent: as by default. */
  kept: z
    .strictObject({ jobs: z.number(), events: z.strictObject({ age: z.number(), count: z.int() }) })
    .optional(),
  /** Further variables that the processes are configured with. */
  variables: z.record(z.string(), z.string()).optional(),
});
export type ProcessSettings = z.infer<typeof ProcessSettings>;

/** The variable that carries a harness process's settings. */
export const settingsVariable = 'PAWL_HARNESS';

/** Throws a ZodError that names what is wrong. */
export function readProcessSettings(): ProcessSettings {
  return ProcessSettings.parse(JSON.parse(process.env[settingsVariable] ?? '{}'));
}

/** Signs what the harness's own receivers get. */
const webhookSecret = `whsec_${Buffer.from('the harness signs for itself').toString('base64')}`;

/** The variables that the gateway and the worker are configured with alike: everything else is as in production. */
export function serviceVariables({
  redisUrl,
  sandbox,
  toolSources,
  variables,
}: ProcessSettings): Record<string, string> {
  return {
    REDIS_URL: redisUrl,
    SCALEKIT_ENVIRONMENT_URL: sandbox.origin,
    SCALEKIT_CLIENT_ID: sandbox.clientId,
    SCALEKIT_CLIENT_SECRET: sandbox.clientSecret,
    WEBHOOK_SECRET: webhookSecret,
    WEBHOOK_ALLOWED_HOSTS: '127.0.0.1',
    ...(toolSources === undefined ? {} : { TOOL_SOURCES: toolSources }),
    ...variables,
  };
}

/** How long a process may take to close what it serves: longer than any grace period. In milliseconds. */
export const closingTime = 300_000;

/** What the runner tells a harness process over the IPC channel. */
export const Order = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('serve'), assignment: Assignment }),
  /** Ends what it serves as a drain does. */
  z.strictObject({ kind: z.literal('leave') }),
]);
export type Order = z.infer<typeof Order>;

/** What it answers. */
export const Report = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ready') }),
  z.strictObject({ kind: z.literal('serving'), port: z.int().optional() }),
  z.strictObject({ kind: z.literal('left') }),
  /** To nobody's order: it was told to end by a signal, and takes nothing new from now on. */
  z.strictObject({ kind: z.literal('stopping') }),
  z.strictObject({ kind: z.literal('failed'), reason: z.string() }),
]);
export type Report = z.infer<typeof Report>;
