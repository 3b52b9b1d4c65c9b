import { createHash } from 'node:crypto';
import type { Connection } from './account.ts';

export interface ConnectionOption {
  readonly keyId: string;
  readonly connector: string;
}

const defaultConnections: ConnectionOption[] = [
  { keyId: 'gmail', connector: 'gmail' },
  { keyId: 'github', connector: 'github' },
  { keyId: 'slack', connector: 'slack' },
];

/** The three default connections and those that the options add. */
export function buildConnections(
  added: readonly ConnectionOption[],
  connectors: readonly string[],
): Connection[] {
  return [...defaultConnections, ...added].map(({ keyId, connector }, index, all) => {
    if (!connectors.includes(connector)) {
      throw new Error(
        `sandbox connection ${keyId}: unknown connector ${connector}, use one of ${connectors.join(', ')}`,
      );
    }
    if (all.findIndex((each) => each.keyId === keyId) !== index) {
      throw new Error(`sandbox connection ${keyId} is there twice`);
    }
    const digest = createHash('sha256').update(keyId).digest('hex').slice(0, 16);
    return { id: `conn_${digest}`, keyId, providerKey: connector.toUpperCase(), connector };
  });
}
