import type { LimitScope, OperatorLimits, TenantLimits } from '@pawl/contracts';

/** Whose limits. */
export interface Owner {
  readonly tenant: string;
  readonly user: string;
}

/** What is stored for a tenant: what the operator has set for it, and what it has set itself. */
export interface StoredLimits {
  readonly operator: OperatorLimits;
  readonly own: TenantLimits;
}

/** What one tenant, or one user of it, has spent on model calls. Days and months are UTC. */
export interface Spending {
  readonly tokensToday: number;
  readonly tokensThisMonth: number;
  readonly costUsdToday: number;
  readonly costUsdThisMonth: number;
}

/** Jobs of one tenant, or of one user of it. */
export interface JobCounts {
  readonly queued: number;
  readonly inProgress: number;
  /** Accepted in the 60 seconds before now; counted only while a limit is in force. */
  readonly lastMinute: number;
  /** When the first of these was accepted, in milliseconds since 1970. */
  readonly firstOfMinute?: number;
}

/**
 * Counts that a commit must find below a number, else it is refused as if a fence did not hold: so two commits at the
 * same time cannot both take the last place.
 */
export interface AdmissionBound {
  readonly scope: LimitScope;
  readonly count: 'queued' | 'lastMinute' | 'inProgress';
  readonly below: number;
}

/** What the commit that admits a job, or starts it, does about limits. */
export interface AdmissionBounds {
  readonly owner: Owner;
  readonly bounds: readonly AdmissionBound[];
}
