export { createModelClient, type ModelClientSettings } from './model/create-model-client.ts';
export {
  createToolClient,
  type ScalekitToolClient,
  type ToolClientSettings,
} from './tools/create-tool-client.ts';
export { accountOwnerOf, identifierOf } from './tools/account-links.ts';
export type { RefusedAddress } from './webhooks/address-guard.ts';
export { webhookAllowedHosts } from './webhooks/address-guard.ts';
export { createWebhookUrlCheck, type CheckWebhookUrl } from './webhooks/check-webhook-url.ts';
export {
  createWebhookClient,
  type WebhookClientSettings,
} from './webhooks/create-webhook-client.ts';
export { scalekitVariables, toolEffects } from './variables.ts';
export { verifyEvent, type ReceivedEvent } from './webhooks/verify-event.ts';
export { verifyStandardWebhook, type ReceivedHeaders } from './webhooks/verify-webhook.ts';
export { webhookSecrets } from './variables.ts';
export { outputLimitFields } from './model/chat-request.ts';
export {
  createToolSources,
  type ToolSources,
  type ToolSourcesSettings,
} from './sources/tool-sources.ts';
export { toolSourcesVariable } from './sources/read-sources.ts';
export { shippedChecks } from './checks/shipped-checks.ts';
export { sourceOrigins, type ConfiguredSources } from './sources/source-settings.ts';
export type { Connection } from './sources/tool-source.ts';
export { keptOutput } from './tools/bound-output.ts';
export { resultLink } from './sources/functions/result-link.ts';
