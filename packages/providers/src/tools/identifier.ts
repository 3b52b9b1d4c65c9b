import type { Account } from '@pawl/engine';

/**
 * The name under which Scalekit knows a user. Every tenant but `default` has a name space of its own, so that no
 * tenant's key reaches another one's accounts by naming its users: the gateway refuses users that hold `::`.
 */
export function identifierOf({ tenant, user }: Pick<Account, 'tenant' | 'user'>): string {
  return tenant === 'default' ? user : `${tenant}::${user}`;
}
