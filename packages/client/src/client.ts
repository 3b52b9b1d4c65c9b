import { checkReadiness, type Readiness } from './readiness.ts';
import { type PawlClientSettings, readSettings } from './request/gateway.ts';
import { type CallOptions, createSend } from './request/send.ts';
import {
  type Agents,
  createAgents,
  createSchedules,
  createTriggers,
  type Schedules,
  type Triggers,
} from './resources/definitions.ts';
import { createJobs, type Jobs } from './resources/jobs.ts';
import {
  type Accounts,
  type Approvals,
  type Conversations,
  createAccounts,
  createApprovals,
  createConversations,
} from './resources/people.ts';
import {
  type Connections,
  createConnections,
  createEvents,
  createHealth,
  createKeys,
  createLimits,
  createTools,
  createUsage,
  createWebhookDeliveries,
  createWebhooks,
  type Events,
  type HealthResource,
  type Keys,
  type LimitsResource,
  type Tools,
  type UsageResource,
  type WebhookDeliveries,
  type Webhooks,
} from './resources/tenant.ts';

/**
 * Pawl's HTTP API. Every method throws PawlApiError when the gateway answers with an error, PawlConnectionError when it
 * does not answer, PawlAnswerError when its answer cannot be read, and the signal's reason when aborted. What is safe
 * to repeat is repeated on 429, 502, 503 and 504 and on lost connections.
 */
export interface PawlClient {
  readonly jobs: Jobs;
  readonly conversations: Conversations;
  readonly agents: Agents;
  readonly schedules: Schedules;
  readonly triggers: Triggers;
  readonly approvals: Approvals;
  readonly accounts: Accounts;
  readonly connections: Connections;
  readonly tools: Tools;
  readonly limits: LimitsResource;
  readonly usage: UsageResource;
  readonly events: Events;
  readonly webhookDeliveries: WebhookDeliveries;
  readonly webhooks: Webhooks;
  readonly keys: Keys;
  readonly health: HealthResource;
  /** Asks `/readyz` once. */
  readiness(options?: CallOptions): Promise<Readiness>;
}

/**
 * A client of one gateway.
 *
 * @throws TypeError if the address or the key cannot be used.
 */
export function createPawlClient(settings: PawlClientSettings): PawlClient {
  const gateway = readSettings(settings);
  const send = createSend(gateway);
  return {
    jobs: createJobs(send, gateway),
    conversations: createConversations(send),
    agents: createAgents(send),
    schedules: createSchedules(send),
    triggers: createTriggers(send),
    approvals: createApprovals(send),
    accounts: createAccounts(send),
    connections: createConnections(send),
    tools: createTools(send),
    limits: createLimits(send),
    usage: createUsage(send),
    events: createEvents(gateway),
    webhookDeliveries: createWebhookDeliveries(send),
    webhooks: createWebhooks(send),
    keys: createKeys(send),
    health: createHealth(send),
    readiness: (options) => checkReadiness(gateway, options),
  };
}
