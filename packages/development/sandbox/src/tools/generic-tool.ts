import { createHash } from 'node:crypto';
import type { JsonObject } from '@bufbuild/protobuf';
import type { CatalogueTool } from '../connectors/catalogue.ts';
import type { ToolArguments } from './tool-call.ts';

const mostEchoed = 4_000;

function subjectOf(tool: CatalogueTool): string {
  return tool.name.slice(tool.connector.length + 1).replaceAll('_', ' ');
}

function isList(tool: CatalogueTool): boolean {
  return /(^|_)(list|search)(_|$)/.test(tool.name);
}

function sample(tool: CatalogueTool, seed: string, index: number): JsonObject {
  const id = createHash('sha256').update(`${seed}${index}`).digest('hex').slice(0, 10);
  return { id, name: `Sandbox sample ${index + 1} of ${subjectOf(tool)}` };
}

/** What a tool answers that works on no data of its own: plausible, and marked as made up. */
export function genericResult(tool: CatalogueTool, input: ToolArguments): JsonObject {
  const seed = `${tool.name}${JSON.stringify(input)}`;
  if (isList(tool)) {
    return { sandbox: true, items: [0, 1, 2].map((index) => sample(tool, seed, index)), total: 3 };
  }
  const echoed = seed.length > mostEchoed ? {} : input;
  if (!tool.writes) return { sandbox: true, ...sample(tool, seed, 0), ...echoed };
  return { sandbox: true, ok: true, ...echoed, id: sample(tool, seed, 0)['id'] ?? '' };
}
