import type { ToolClient } from '@pawl/engine';
import { ProblemError } from '../http/problem.ts';

/**
 * Refuses connections that no source of tools has. `given` is the request's own list; without one it is the environment's
 * that is wrong. Where a source can't be asked now, nothing is refused: the worker will say it.
 *
 * @throws ProblemError `unknown_connection`, with the known ones.
 */
export async function checkConnections(
  tools: Pick<ToolClient, 'connections'>,
  wanted: readonly string[],
  given: readonly string[] | undefined,
): Promise<void> {
  if (wanted.length === 0) return;
  const known = await knownConnections(tools);
  if (known === undefined) return;
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const choice = known.length === 0 ? 'none is configured' : `known are ${known.join(', ')}`;
  throw new ProblemError(
    'unknown_connection',
    `There is no connection named ${unknown.join(', ')}; ${choice}.`,
    {
      invalidFields: unknown.map((name) =>
        given === undefined
          ? {
              path: 'connections',
              message: `is ${name} by default (SCALEKIT_CONNECTION_NAME), which is not a connection; ${choice}`,
            }
          : {
              path: `connections[${given.indexOf(name)}]`,
              message: `${name} is not a connection; ${choice}`,
            },
      ),
    },
  );
}

async function knownConnections(
  tools: Pick<ToolClient, 'connections'>,
): Promise<readonly string[] | undefined> {
  const lookup = await tools.connections();
  return lookup.kind === 'found' && lookup.stale !== true ? lookup.value : undefined;
}
