import type { ToolEffect } from '@pawl/contracts';
import { membersOf } from '../read-json.ts';

/**
 * What a tool's metadata says of its effect, by MCP's hints (`readOnlyHint`, `idempotentHint`, `destructiveHint`), at
 * the top or under `annotations`. Undefined where it says nothing; where it contradicts itself the tool writes, since
 * only that is safe.
 */
export function declaredEffect(...sources: readonly unknown[]): ToolEffect | undefined {
  const hints = sources.flatMap((source) => [
    membersOf(source),
    membersOf(membersOf(source)['annotations']),
  ]);
  const says = (name: string, value: boolean) => hints.some((each) => each[name] === value);
  const readsOnly = says('readOnlyHint', true);
  const changes = says('readOnlyHint', false) || says('destructiveHint', true);
  if (readsOnly) return changes ? 'writes' : 'reads';
  if (says('idempotentHint', true) && !says('idempotentHint', false)) return 'idempotent';
  return changes ? 'writes' : undefined;
}
