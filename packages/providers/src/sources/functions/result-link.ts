import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Where a function tells the result of a call that it has accepted. Whoever knows the address may tell it, once: it is
 * signed with the secret of the function's source, and nothing of it is stored.
 */
export function resultLink(publicUrl: string, callId: string, secret: string): string {
  return `${publicUrl}/v1/tool-calls/${callId}/result?token=${tokenOf(callId, secret)}`;
}

/** Any of the secrets, so that links survive a change of them. */
export function isResultToken(token: string, callId: string, secrets: readonly string[]): boolean {
  const given = Buffer.from(token);
  return secrets
    .map((secret) => Buffer.from(tokenOf(callId, secret)))
    .some((expected) => expected.length === given.length && timingSafeEqual(expected, given));
}

function tokenOf(callId: string, secret: string): string {
  return createHmac('sha256', secret).update(`result of ${callId}`).digest('base64url');
}
