import { limitNames, TenantLimits } from '@pawl/contracts';
import { allowedLimits } from '@pawl/engine';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { withoutQuery } from '../http/mount.ts';
import { parseInput } from '../http/parse-input.ts';
import { type InvalidField, ProblemError } from '../http/problem.ts';
import { readBody } from '../http/read-body.ts';
import { showLimits } from './read-limits.ts';

/** `PUT /v1/limits`: replaces what the tenant has set for itself. It can only be stricter than the operator. */
export function replaceLimits(gateway: Gateway): TenantHandler {
  return withoutQuery(async (request, response, tenant) => {
    const own = parseInput(TenantLimits, await readBody(request, response));
    const {
      engine,
      engine: { store },
    } = gateway;
    const allowed = allowedLimits(engine.rules.limits, await store.readLimits(0, tenant));
    const refused = tooHigh(own, allowed);
    if (refused.length > 0) {
      const first = refused.map(({ path, message }) => `${path} ${message}`).join('; ');
      throw new ProblemError('invalid_request', `The request is not valid: ${first}.`, {
        invalidFields: refused,
      });
    }
    await store.writeOwnLimits(tenant, own);
    response.json(await showLimits(gateway, { tenant }));
  });
}

function tooHigh(own: TenantLimits, allowed: TenantLimits): InvalidField[] {
  return (['tenant', 'user'] as const).flatMap((scope) =>
    limitNames.flatMap((name) => {
      const [value, most] = [own[scope][name], allowed[scope][name]];
      return value === undefined || most === undefined || value <= most
        ? []
        : [
            {
              path: `${scope}.${name}`,
              message: `must be at most ${most}, which the operator allows`,
            },
          ];
    }),
  );
}
