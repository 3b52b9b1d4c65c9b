import { expect, test } from 'vitest';
import { isProviderWide, providerPart } from './provider-wide.ts';

test.each([
  ['openai/gpt-4o-mini', 'openai'],
  ['Meta-Llama/llama-3.3:free', 'meta-llama'],
  ['azure/eu/gpt-4o', 'azure'],
  ['gpt-4o', ''],
])('%s is answered by “%s”', (model, provider) => {
  expect(providerPart(model)).toBe(provider);
});

const model = 'openai/gpt-4o';

test.each([
  [{}],
  [{ message: 'Too many requests' }],
  [{ code: 'rate_limit_exceeded', type: 'requests', message: 'Provider openai: slow down' }],
  [{ code: 429, message: 'Provider returned error', metadata: { provider_name: 'OpenAI' } }],
])('%j is about the provider', (error) => {
  expect(isProviderWide({ error }, model)).toBe(true);
  expect(isProviderWide(error, model)).toBe(true);
});

test.each([
  [{ message: 'Rate limit reached for gpt-4o in organization org-1 on tokens per min' }],
  [{ message: 'Rate limit reached for GPT-4o' }],
  [{ message: 'This model is overloaded' }],
  [{ code: 'user_rate_limit_exceeded', message: 'Too many requests' }],
  [{ type: 'model_rate_limit' }],
  [{ metadata: { raw: 'openai/gpt-4o is temporarily rate-limited upstream' } }],
])('%j is about one model or one user', (error) => {
  expect(isProviderWide({ error }, model)).toBe(false);
});
