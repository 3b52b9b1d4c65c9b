import { createHash, randomBytes } from 'node:crypto';
import type { AssistantMessage } from './chat-request.ts';
import { invalidRequest } from './model-error.ts';

const signedId = /^call_r([0-9a-f]{12})_/;

function digest(details: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(details) ?? '')
    .digest('hex')
    .slice(0, 12);
}

/** `reasoning_details` as some models send them, and reject the next request without them. */
export function reasoningDetails(text: string): unknown[] {
  const signature = randomBytes(16).toString('base64');
  return [{ type: 'reasoning.text', text, format: 'pawl-sandbox-v1', index: 0, signature }];
}

/** A call id; with reasoning details it carries their digest, so that the check needs no memory. */
export function newCallId(details: unknown[] | undefined): string {
  const random = randomBytes(9).toString('hex');
  return details === undefined ? `call_${random}` : `call_r${digest(details)}_${random}`;
}

/** Refuses an assistant message whose `reasoning_details` were left out or changed. */
export function checkReasoning(message: AssistantMessage, param: string): void {
  for (const call of message.tool_calls ?? []) {
    const signed = signedId.exec(call.id)?.[1];
    if (signed === undefined || signed === digest(message['reasoning_details'])) continue;
    throw invalidRequest(
      'reasoning_details must be sent back exactly as they came with this assistant message',
      `${param}.reasoning_details`,
    );
  }
}
