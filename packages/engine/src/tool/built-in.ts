import type { Json, JsonObject, StepRecord } from '@pawl/contracts';
import type { OfferedTool } from '../domain/tool.ts';
import { builtInConnection, builtInPrefix, endpointTool } from './offer.ts';
import { matchTools } from './search.ts';

/**
 * Tools that Pawl itself answers. They are steps like all others, but nobody has to go anywhere for their answer: it is
 * written by the commit that stores the reply which asks for them, so that there is nothing to claim, lose or repeat.
 */
export const findTools: OfferedTool = {
  name: 'find_tools',
  tool: {
    name: `${builtInPrefix}find_tools`,
    connection: builtInConnection,
    description:
      'Finds more tools. Only some of the tools that you may use are shown to you: when none of them fits, say here what ' +
      'you want to do. What is found can be called from your next message on.',
    inputSchema: {
      type: 'object',
      properties: {
        query: {
          type: 'string',
          description: 'What the tool should do, in a few words, such as: archive a channel',
        },
      },
      required: ['query'],
    },
    declaredEffect: 'reads',
  },
};

/** Tools that one search finds at most. */
const mostFound = 12;

/** Characters of a description in a list of found tools. */
const shownDescription = 200;

/** @param tools that the job may call */
export function answerFindTools(tools: readonly OfferedTool[], { query }: JsonObject): Json {
  const byName = new Map(tools.map((offered) => [offered.name, offered]));
  const names = matchTools(tools, typeof query === 'string' ? query : '').slice(0, mostFound);
  const found = names.flatMap((name) => byName.get(name) ?? []);
  return {
    tools: found.map(({ name, tool }) => ({
      name,
      description: (endpointTool(tool)?.description ?? '')
        .slice(0, shownDescription)
        .toWellFormed(),
    })),
    notice:
      found.length === 0
        ? `No tool matches. There are ${tools.length}: try other words.`
        : 'You can call these from your next message on.',
  };
}

/** The names of the tools that a job's searches have found, in the order in which they were found. */
export function foundTools(steps: readonly StepRecord[]): string[] {
  const searches = new Set(
    steps.flatMap((step) =>
      step.kind === 'call' && step.connection === builtInConnection && step.name === findTools.name
        ? [`${step.turn} ${step.index}`]
        : [],
    ),
  );
  const names = steps.flatMap((step) => {
    if (step.kind !== 'outcome' || !searches.has(`${step.turn} ${step.index}`)) return [];
    return 'output' in step.answer ? namesIn(step.answer.output) : [];
  });
  return [...new Set(names)];
}

function namesIn(output: Json): string[] {
  if (typeof output !== 'object' || output === null || Array.isArray(output)) return [];
  const { tools } = output;
  if (!Array.isArray(tools)) return [];
  return tools.flatMap((tool) =>
    typeof tool === 'object' &&
    tool !== null &&
    !Array.isArray(tool) &&
    typeof tool['name'] === 'string'
      ? [tool['name']]
      : [],
  );
}
