import type { ConnectionList } from '@pawl/contracts';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { withoutQuery } from '../http/mount.ts';
import { lookupProblem } from '../http/refusals.ts';

/** `GET /v1/connections`: what a job's `connections` may name, from every source that the operator configured. */
export function listConnections({ tools }: Gateway): TenantHandler {
  return withoutQuery(async (_request, response) => {
    const lookup = await tools.describeConnections();
    if (lookup.kind !== 'found') throw lookupProblem(lookup);
    const list: ConnectionList = {
      object: 'list',
      data: lookup.value.map(({ name, type, description = null }) => ({
        object: 'connection',
        name,
        type,
        description,
      })),
    };
    response.json(list);
  });
}
