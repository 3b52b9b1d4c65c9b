import type { CheckableCall } from '@pawl/engine';
import type { SchemaChecker, SchemaProblem } from '@pawl/runtime';

/**
 * In what the arguments of calls do not fit their tools' schemas, by the call's place in the reply. What can't be
 * checked, since the schema is unusable or the check took too long, counts as fitting: the tool itself will say what it
 * does not like.
 */
export async function checkArguments(
  schemas: SchemaChecker,
  calls: readonly CheckableCall[],
): Promise<ReadonlyMap<number, readonly string[]>> {
  const checked = await Promise.all(
    calls.map(async ({ index, tool, arguments: input }) => {
      const verdict = await schemas.check(tool.inputSchema, input);
      return [index, verdict.kind === 'invalid' ? verdict.problems.map(describe) : []] as const;
    }),
  );
  return new Map(checked);
}

function describe({ path, message }: SchemaProblem): string {
  return `${path === '' ? 'the arguments' : path} ${message}`;
}
