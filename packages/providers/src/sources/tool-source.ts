import type { AccountAuthorizer, Lookup, ToolClient } from '@pawl/engine';

import type { AccountListing } from '../tools/account-list.ts';

/** A name that a job's `connections` may hold, and what stands behind it. */
export interface Connection {
  readonly name: string;
  readonly type: 'scalekit' | 'mcp' | 'functions';
  readonly description?: string;
}

/**
 * Where tools come from. Failures are answered, not thrown; every answer is bounded in size and time. The state of an
 * account says whether its user's calls would be let in; a source that asks for no authorization has active ones only.
 * `test/tool-source.test.ts` says what every source keeps to.
 */
export interface ToolSource extends Omit<ToolClient, 'connections'>, AccountAuthorizer {
  connections(): Promise<Lookup<readonly Connection[]>>;
  /** Whose accounts people connect and disconnect; absent where the source keeps none. */
  readonly accounts?: AccountListing;
  /** Ends every exchange. A call in flight ends with an unknown outcome. */
  close(): Promise<void>;
}
