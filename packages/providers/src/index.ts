export { createModelClient, type ModelClientSettings } from './model/create-model-client.ts';
