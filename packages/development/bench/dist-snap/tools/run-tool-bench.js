import { answerFindTools, endpointTool, findTools, nameTools, offerTools } from '@pawl/engine';
import { createToolClient } from '@pawl/providers';
import { startSandbox } from '@pawl/sandbox';
import { toolPrompts } from './tool-prompts.js';
const connections = ['gmail', 'github', 'slack'];
/** Characters of JSON that make a token of English and of names, as OpenAI counts it. */
const charactersPerToken = 4;
/** Offers the tools of three connectors for every prompt, and looks for the one that the prompt needs. */
export async function runToolBench(limit) {
  const tools = await listTools();
  const results = toolPrompts.map((prompt) => {
    if (!tools.some(({ name }) => name === prompt.needs))
      throw new Error(`no tool ${prompt.needs}`);
    const offer = offerTools(tools, { policy: {}, text: prompt.prompt, limit });
    const offered = offer.isPart ? [...offer.tools, findTools] : offer.tools;
    const isShown = offered.some(({ name }) => name === prompt.needs);
    const isFound = JSON.stringify(answerFindTools(tools, { query: prompt.query })).includes(
      `"${prompt.needs}"`,
    );
    const found = isShown ? 'at once' : isFound ? 'after find_tools' : 'never';
    return { ...prompt, found, tokens: tokensOf(offered) };
  });
  return { tools: tools.length, limit, allTokens: tokensOf(tools), results };
}
async function listTools() {
  const sandbox = await startSandbox({ autoActive: true });
  const { origin: environmentUrl, clientId, clientSecret } = sandbox;
  const client = createToolClient({ environmentUrl, clientId, clientSecret, toolTimeout: 60_000 });
  try {
    const lists = await Promise.all(
      connections.map(async (connection) => {
        const account = { tenant: 'default', user: 'bench', connection };
        await client.isAccountActive(account, { fresh: true });
        const listed = await client.listTools(account);
        if (listed.kind !== 'found') throw new Error(listed.failure.message);
        return listed.value;
      }),
    );
    return nameTools(lists.flat()).tools;
  } finally {
    await client.close();
    await sandbox.close();
  }
}
/** As they stand in a request. */
function tokensOf(tools) {
  const sent = tools.map(({ name, tool }) => {
    const { description, parameters } = endpointTool(tool) ?? {};
    return { type: 'function', function: { name, description, parameters } };
  });
  return Math.round(JSON.stringify(sent).length / charactersPerToken);
}
export function formatToolBench({ tools, limit, allTokens, results }) {
  const mean = results.reduce((sum, { tokens }) => sum + tokens, 0) / results.length;
  const count = (found) => results.filter((result) => result.found === found).length;
  const percent = ((100 * mean) / allTokens).toFixed(1);
  const missed = results.filter(({ found }) => found !== 'at once');
  return [
    `| ${results.length} prompts, ${tools} tools, TOOL_LIMIT=${limit} | |`,
    '| --- | --- |',
    `| tokens of schemas in a turn, all tools | ${allTokens} |`,
    `| tokens of schemas in a turn, as offered | ${Math.round(mean)} (${percent} %) |`,
    `| the needed tool is offered at once | ${count('at once')} |`,
    `| after find_tools | ${count('after find_tools')} |`,
    `| never | ${count('never')} |`,
    '',
    ...missed.map(({ prompt, needs, found }) => `${found}: ${needs} for “${prompt}”`),
  ].join('\n');
}
//# sourceMappingURL=run-tool-bench.js.map
