import type { StoredAgent } from '@pawl/contracts';

/** What the engine needs of Redis for agents. */
export interface AgentStore {
  /** The operator's of this name, else the tenant's. */
  readAgent(tenant: string, name: string): Promise<StoredAgent | undefined>;
}
