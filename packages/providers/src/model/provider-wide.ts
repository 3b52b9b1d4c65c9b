import { membersOf, textOf } from './parse-body.ts';

/** The part of a model's name before its first slash: whose rate limit it shares. Empty: the endpoint's own. */
export function providerPart(model: string): string {
  const slash = model.indexOf('/');
  return slash === -1 ? '' : model.slice(0, slash).toLowerCase();
}

const ofOneOnly = /model|user|customer|deployment/i;

/**
 * Whether a 429 that asks to wait is about everything that the provider does for us, and not about one model or one
 * user: neither its code, type or parameter nor its words name one. OpenAI, for one, names the model: "Rate limit
 * reached for gpt-4o in organization …".
 */
export function isProviderWide(body: unknown, model: string): boolean {
  const whole = membersOf(body);
  const { code, type, param, message, metadata } = { ...whole, ...membersOf(whole['error']) };
  if ([code, type, param].some((name) => typeof name === 'string' && ofOneOnly.test(name))) {
    return false;
  }
  const said = `${textOf(message) ?? ''} ${textOf(membersOf(metadata)['raw']) ?? ''}`.toLowerCase();
  const name = model.slice(model.indexOf('/') + 1).toLowerCase();
  return !said.includes(name) && !/\b(this|the|that|your) (model|user|deployment)\b/.test(said);
}
