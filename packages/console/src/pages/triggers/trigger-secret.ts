import type { Trigger } from '@pawl/client';

export type VerifyType = Trigger['verify']['type'];

/** How senders prove themselves, and in words. */
export const verifyTypes = [
  ['standard_webhooks', 'Standard Webhooks'],
  ['github', 'GitHub’s signature'],
  ['slack', 'Slack’s signature'],
  ['bearer', 'A bearer token'],
] as const satisfies readonly (readonly [VerifyType, string])[];

const labels = new Map<VerifyType, string>(verifyTypes);

export function verifyLabel(type: VerifyType): string {
  return labels.get(type) ?? type;
}

const secretBytes = 32;

/** A secret of this browser's own making, in the form that the sender takes. */
export function newSecret(type: VerifyType): string {
  const bytes = crypto.getRandomValues(new Uint8Array(secretBytes));
  if (type === 'standard_webhooks') return `whsec_${btoa(String.fromCharCode(...bytes))}`;
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
