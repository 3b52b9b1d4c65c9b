import { createHmac, randomBytes } from 'node:crypto';
import type { Account, AccountStatus } from './account.ts';

/** What Scalekit tells of an account, and where. */
export interface AccountEvent {
  readonly url: string;
  /** `whsec_` and base64. */
  readonly secret: string;
  /** Such as `connected_account.status_updated`. */
  readonly type: string;
  readonly oldStatus?: AccountStatus | undefined;
  /** A new one by default; an event that is sent again keeps its own. */
  readonly id?: string | undefined;
}

/** Sends a signed event about an account, as Scalekit does; answers the receiver's status. */
export async function sendAccountEvent(
  account: Account,
  { url, secret, type, oldStatus, id = `evt_${randomBytes(9).toString('hex')}` }: AccountEvent,
): Promise<number> {
  const body = JSON.stringify({
    spec_version: '1',
    id,
    type,
    object: 'ConnectedAccount',
    occurred_at: new Date().toISOString(),
    data: {
      id: account.id,
      identifier: account.identifier,
      connector: account.connection.keyId,
      provider: account.connection.providerKey,
      status: account.status,
      ...(oldStatus !== undefined && { old_status: oldStatus }),
    },
  });
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    },
  });
  await response.arrayBuffer();
  return response.status;
}
