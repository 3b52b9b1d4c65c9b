export { createModelClient, type ModelClientSettings } from './model/create-model-client.ts';
export {
  createToolClient,
  type ScalekitToolClient,
  type ToolClientSettings,
} from './tools/create-tool-client.ts';
export { identifierOf } from './tools/identifier.ts';
