import type { Agent, StoredAgent } from '@pawl/contracts';
import { instant } from '../domain/instant.ts';

/** An agent as the API shows it. */
export function agentView(agent: StoredAgent): Agent {
  const { name, version, source, definition, createdAt, updatedAt } = agent;
  return {
    name,
    object: 'agent',
    version,
    source,
    ...definition,
    created_at: instant(createdAt),
    updated_at: instant(updatedAt),
  };
}
