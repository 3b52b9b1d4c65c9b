export { createModelClient, type ModelClientSettings } from './model/create-model-client.ts';
export {
  createToolClient,
  type ScalekitToolClient,
  type ToolClientSettings,
} from './tools/create-tool-client.ts';
export { identifierOf } from './tools/identifier.ts';
export { isAllowableHost } from './webhooks/address-guard.ts';
export {
  createWebhookClient,
  type WebhookClientSettings,
} from './webhooks/create-webhook-client.ts';
export { scalekitVariables } from './tools/scalekit-variables.ts';
export { webhookSecrets } from './webhooks/webhook-secrets-variable.ts';
export { outputLimitFields } from './model/chat-request.ts';
