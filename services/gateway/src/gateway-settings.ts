import { defaultRules } from '@pawl/engine';
import { createWebhookUrlCheck, sourceOrigins } from '@pawl/providers';
import { isLoopbackName } from '@pawl/runtime';
import { retentionSettings } from '@pawl/store';
import { metricsSettings } from '@pawl/telemetry';
import type { GatewaySettings } from './compose-gateway.ts';
import type { GatewayEnvironment } from './env.ts';
import { consentOrigins, defaultInstructions, defaultWaiters } from './gateway.ts';

/** What the variables of the environment say, in the units and groups that the gateway is composed with. */
export function gatewaySettings(environment: GatewayEnvironment): GatewaySettings {
  return {
    name: 'pawl',
    redisUrl: environment.REDIS_URL,
    durability: environment.REDIS_DURABILITY,
    shards: environment.PAWL_SHARDS,
    ...retentionSettings(environment),
    host: environment.HOST,
    port: environment.PORT,
    connections: environment.MOST_CONNECTIONS,
    drain: Math.round(drainSeconds(environment) * 1_000),
    metrics: metricsSettings(environment),
    publicUrl: environment.PUBLIC_URL,
    tools: {
      environmentUrl: environment.SCALEKIT_ENVIRONMENT_URL,
      clientId: environment.SCALEKIT_CLIENT_ID,
      clientSecret: environment.SCALEKIT_CLIENT_SECRET,
      toolTimeout: defaultRules.toolTimeout,
      // A person in a browser waits for these.
      lookupTimeout: 5_000,
      sources: environment.TOOL_SOURCES?.sources,
    },
    webhooks: {
      secrets: environment.WEBHOOK_SECRET,
      encryptionKey: environment.PAWL_ENCRYPTION_KEY,
    },
    rules: {
      ...defaultRules,
      limits: { tenant: environment.TENANT_LIMITS, user: environment.USER_LIMITS },
    },
    agents: environment.AGENTS_DIR,
    routes: {
      defaults: {
        user: environment.SCALEKIT_IDENTIFIER,
        connections: environment.SCALEKIT_CONNECTION_NAME,
        model: environment.FASTROUTER_MODEL,
        instructions: defaultInstructions,
        webhookUrl: environment.WEBHOOK_URL,
      },
      allowsKeyless: isLoopbackName(environment.HOST) && environment.NODE_ENV !== 'production',
      checkWebhookUrl: createWebhookUrlCheck(environment.WEBHOOK_ALLOWED_HOSTS),
      toolEffects: environment.TOOL_EFFECTS,
      waiters: defaultWaiters,
      streams: environment.MOST_EVENT_STREAMS,
      applicationName: environment.APPLICATION_NAME,
      returnOrigins: environment.ACCOUNT_RETURN_ORIGINS,
      scalekitWebhookSecrets: environment.SCALEKIT_WEBHOOK_SECRET,
      connectVerifyUrl: environment.CONNECT_VERIFY_URL,
      consentOrigins: [
        ...consentOrigins(environment.SCALEKIT_ENVIRONMENT_URL),
        ...sourceOrigins(environment.TOOL_SOURCES?.sources ?? {}),
      ],
      triggers: {
        perTenant: environment.TRIGGERS_PER_TENANT,
        requestsPerMinute: environment.TRIGGER_REQUESTS_PER_MINUTE,
      },
      agentsPerTenant: environment.AGENTS_PER_TENANT,
      boardWrites: environment.BULL_BOARD_WRITES,
      schedules: {
        minimumSeconds: environment.SCHEDULE_MINIMUM_SECONDS,
        perTenant: environment.SCHEDULES_PER_TENANT,
      },
    },
  };
}

/** Where load balancers lead to the gateway, they get time to notice. A developer's Ctrl-C ends it at once. */
function drainSeconds({ GATEWAY_DRAIN_SECONDS, NODE_ENV }: GatewayEnvironment): number {
  return GATEWAY_DRAIN_SECONDS ?? (NODE_ENV === 'production' ? 5 : 0);
}
