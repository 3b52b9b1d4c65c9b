import { createHash } from 'node:crypto';

/** A connector that is configured in the (stand-in) Scalekit environment. */
export interface Connection {
  readonly id: string;
  /** The connection's name, which clients use: `gmail`, `gmail-work`. */
  readonly keyId: string;
  /** The connector's key in capitals: `GMAIL`. */
  readonly providerKey: string;
  /** The connector in the catalogue: `gmail`. */
  readonly connector: string;
}

export const accountStatuses = [
  'ACTIVE',
  'EXPIRED',
  'PENDING_AUTH',
  'PENDING_VERIFICATION',
  'DISCONNECTED',
] as const;

export type AccountStatus = (typeof accountStatuses)[number];

/** One user's authorization for one connection. */
export interface Account {
  readonly id: string;
  readonly identifier: string;
  readonly connection: Connection;
  status: AccountStatus;
  /** Raised by every authorization, so that each gives other tokens. */
  authorizations: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  updatedAt: number;
  lastUsedAt: number | undefined;
}

/** A link to the consent page for one account. */
export interface MagicLink {
  readonly token: string;
  readonly accountId: string;
  readonly state: string | undefined;
  readonly userVerifyUrl: string | undefined;
  expiresAt: number;
  usedAt: number | undefined;
}

/** An approved consent that waits for `VerifyConnectedAccountUser`. */
export interface AuthorizationRequest {
  readonly id: string;
  readonly accountId: string;
  readonly expiresAt: number;
}

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
