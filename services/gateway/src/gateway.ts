import type { ToolEffect } from '@pawl/contracts';
import type { Engine, RequestDefaults } from '@pawl/engine';
import type { CheckWebhookUrl, ToolSources } from '@pawl/providers';
import type { BullQueue } from '@pawl/queue';
import type { Logger, RedisFindings, SchemaChecker } from '@pawl/runtime';
import type { PawlStore, WebhookSecretStore } from '@pawl/store';
import type { InstallationState, Recorder, Tracing } from '@pawl/telemetry';
import type { ConsoleFiles } from './console/console-files.ts';

/** What every route works with. */
export interface Gateway {
  readonly settings: RouteSettings;
  readonly engine: Engine<PawlStore>;
  readonly webhookSecrets: WebhookSecretStore;
  readonly tools: ToolSources;
  /** Checks what people say against schemas that others wrote. */
  readonly schemas: SchemaChecker;
  /** What the servers of Redis say of themselves. Never throws. */
  readonly checkServer: () => Promise<RedisFindings>;
  /** How the whole installation stands at a time (milliseconds since 1970). Throws where Redis does not answer. */
  readonly readState: (now: number) => Promise<InstallationState>;
  /** What the board of queues shows. */
  readonly bullQueues: readonly BullQueue[];
  /** How browsers reach the gateway, without a slash at the end. */
  readonly publicUrl: string;
  /** The page for people; undefined where it was not built. */
  readonly consoleFiles: ConsoleFiles | undefined;
  readonly log: Logger;
  /** Where requests are counted; absent where nothing is measured. */
  readonly recorder?: Recorder | undefined;
  /** Absent where nothing is traced. */
  readonly tracing?: Tracing | undefined;
  /** Aborted when the gateway stops: long polls end. */
  readonly closing: AbortSignal;
}

/** What the routes read of the configuration. */
export interface RouteSettings {
  readonly defaults: JobDefaults;
  /** Without API keys, requests from this machine are the default tenant's. */
  readonly allowsKeyless: boolean;
  /** Long polls that may wait at a time; further ones are answered at once. */
  readonly waiters: number;
  /** Clients that may read events at a time; further ones are refused. */
  readonly streams: number;
  /** Default: {@link defaultStreamTimes}. */
  readonly streamTimes?: StreamTimes | undefined;
  readonly schedules: ScheduleSettings;
  /** True: tasks and queues may be changed on the board of queues. */
  readonly boardWrites: boolean;
  readonly triggers: TriggerSettings;
  /** How many agents a tenant may have, those of files not counted. */
  readonly agentsPerTenant: number;
  /** What the operator says of tools' effects. */
  readonly toolEffects: Readonly<Record<string, ToolEffect>>;
  /** Why a webhook's URL would be refused at its delivery, by what it says itself. */
  readonly checkWebhookUrl: CheckWebhookUrl;
  /** What users know the application as, whose accounts they connect; without it the host of the public URL is named. */
  readonly applicationName?: string | undefined;
  /**
   * Where a browser may be sent for consent, as sources of a Content-Security-Policy. Scalekit's link leads on to the
   * provider's own pages, so it is every https address.
   */
  readonly consentOrigins: readonly string[];
  /** Origins to which `return_url` may lead. */
  readonly returnOrigins: readonly string[];
  /** What signs Scalekit's events; none: they are not taken. */
  readonly scalekitWebhookSecrets: readonly string[];
  /** The application's own page, which confirms whose authorization it is; without it, the link's holder is trusted. */
  readonly connectVerifyUrl?: string | undefined;
}

interface TriggerSettings {
  /** How many triggers a tenant may have. */
  readonly perTenant: number;
  /** Requests that one trigger takes, signed or not. */
  readonly requestsPerMinute: number;
}

interface ScheduleSettings {
  /** The shortest time between two slots, in seconds: a day at most. */
  readonly minimumSeconds: number;
  /** How many schedules a tenant may have. */
  readonly perTenant: number;
}

/** What stands in for what a job's request leaves out. */
interface JobDefaults extends RequestDefaults {
  readonly user?: string | undefined;
  /** Where the events of the default tenant's jobs are sent. */
  readonly webhookUrl?: string | undefined;
}

/** Every https address, and Scalekit's own where it has none: the sandbox. */
export function consentOrigins(scalekitUrl: string): string[] {
  const { protocol, origin } = new URL(scalekitUrl);
  return protocol === 'https:' ? ['https:'] : ['https:', origin];
}

export const defaultWaiters = 1_000;

export const defaultStreams = 2_000;

/** Milliseconds. */
interface StreamTimes {
  readonly heartbeatInterval: number;
  /** How often a client's key is looked at again: a revoked one reads no longer. */
  readonly keyInterval: number;
  /** In this time a client has to read what it was sent, or its connection is ended. */
  readonly readTimeout: number;
}

export const defaultStreamTimes: StreamTimes = {
  // Shorter than the idle time after which common proxies close a connection.
  heartbeatInterval: 15_000,
  keyInterval: 60_000,
  readTimeout: 30_000,
};

/** The seed's system prompt. */
export const defaultInstructions =
  'You are a helpful assistant. Use tools when they help. Do not invent tool results.';
