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
