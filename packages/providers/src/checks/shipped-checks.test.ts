import { readFileSync } from 'node:fs';
import { effectByName } from '@pawl/engine';
import { expect, test } from 'vitest';
import { shippedChecks } from './shipped-checks.ts';

type Catalogue = Record<string, Record<string, { readonly parameters?: string }>>;

const { connectors } = JSON.parse(
  readFileSync(
    new URL('../../../development/sandbox/data/connectors.json', import.meta.url),
    'utf8',
  ),
) as { connectors: Catalogue };

function parametersOf(tool: string): string[] | undefined {
  const found = Object.values(connectors).find((tools) => Object.hasOwn(tools, tool))?.[tool];
  return found && (found.parameters ?? '').split(' ').map((text) => text.replace(/[!:].*/, ''));
}

test.each(shippedChecks.map((check) => [check.tool, check] as const))(
  '%s is looked up with a tool that reads, and arguments that both have',
  (tool, { look, found }) => {
    const written = parametersOf(tool);
    const read = parametersOf(look.tool);
    expect(effectByName(tool)).toBe('writes');
    expect(effectByName(look.tool)).toBe('reads');
    expect(Object.keys(look.arguments).filter((name) => read?.includes(name) !== true)).toEqual([]);
    const used = [...JSON.stringify([look, found]).matchAll(/\{\/([^/{}]+)/g)].map(
      ([, name]) => name,
    );
    expect(used.filter((name) => written?.includes(name ?? '') !== true)).toEqual([]);
    expect(used).not.toEqual([]);
  },
);
