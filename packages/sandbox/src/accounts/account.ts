/** A connector that is configured in the (stand-in) Scalekit environment. */
export type Connection = {
  id: string;
  /** the connection's name, which clients use: `gmail`, `gmail-work` */
  keyId: string;
  /** the connector's key in capitals: `GMAIL` */
  providerKey: string;
  /** the connector in the catalogue: `gmail` */
  connector: string;
};

export const ACCOUNT_STATUSES = [
  'ACTIVE',
  'EXPIRED',
  'PENDING_AUTH',
  'PENDING_VERIFICATION',
  'DISCONNECTED',
] as const;

export type AccountStatus = (typeof ACCOUNT_STATUSES)[number];

/** One user's authorization for one connection. */
export type Account = {
  id: string;
  identifier: string;
  connection: Connection;
  status: AccountStatus;
  /** raised by every authorization, so that each gives other tokens */
  authorizations: number;
  /** milliseconds since the epoch */
  createdAt: number;
  updatedAt: number;
  lastUsedAt: number | undefined;
};

/** A link to the consent page for one account. */
export type MagicLink = {
  token: string;
  accountId: string;
  state: string | undefined;
  userVerifyUrl: string | undefined;
  expiresAt: number;
  usedAt: number | undefined;
};

/** An approved consent that waits for `VerifyConnectedAccountUser`. */
export type AuthorizationRequest = {
  id: string;
  accountId: string;
  expiresAt: number;
};
