import type { JsonObject } from '@bufbuild/protobuf';
import type { Account } from '../src/accounts/account.ts';
import { createArgumentValidator, loadCatalogue } from '../src/connectors/catalogue.ts';
import type { ChatMessage, ChatTool } from '../src/model/chat-request.ts';
import { checkMessages } from '../src/model/check-messages.ts';
import { answerFromReply } from '../src/model/reply.ts';
import { standInReply } from '../src/model/stand-in/stand-in-reply.ts';
import { createWorkspaces } from '../src/tools/workspaces.ts';

export interface Step {
  readonly turn: number;
  readonly tool: string;
  readonly input: JsonObject;
}

export interface Conversation {
  /** Runs a prompt to its final answer, with the tools on real sandbox data. */
  ask(prompt: string): { steps: Step[]; text: string };
}

const mostTurns = 8;

function accountOf(connector: string): Account {
  const providerKey = connector.toUpperCase();
  return {
    id: `ca_${connector}`,
    identifier: 'user_123',
    connection: { id: `conn_${connector}`, keyId: connector, providerKey, connector },
    status: 'ACTIVE',
    authorizations: 1,
    createdAt: 0,
    updatedAt: 0,
    lastUsedAt: undefined,
  };
}

/** The stand-in model and the tools in a loop, without the network between them. */
export function openConversation(
  options: { connectors?: string[]; extraTools?: ChatTool[] } = {},
): Conversation {
  const catalogue = loadCatalogue();
  const validate = createArgumentValidator();
  const workspaces = createWorkspaces();
  const connectors = options.connectors ?? [...catalogue.connectors];
  const tools: ChatTool[] = connectors
    .flatMap((connector) => catalogue.toolsOf(connector))
    .map(({ name, description, parameters }) => ({
      type: 'function',
      function: { name, description, parameters },
    }));
  tools.push(...(options.extraTools ?? []));
  const messages: ChatMessage[] = [];

  const run = (name: string, input: JsonObject): JsonObject => {
    const tool = catalogue.find(name);
    if (!tool) return { ok: true };
    const problem = validate(tool, input);
    if (problem !== undefined) throw new Error(`${name}: ${problem}`);
    try {
      return workspaces.run(accountOf(tool.connector), tool, input, Date.now());
    } catch (error) {
      return { error: { message: error instanceof Error ? error.message : String(error) } };
    }
  };

  return {
    ask(prompt) {
      messages.push({ role: 'user', content: prompt });
      const steps: Step[] = [];
      for (let turn = 0; turn < mostTurns; turn += 1) {
        const answer = answerFromReply(standInReply({ model: 'a/b', messages, tools }));
        if (answer.toolCalls.length === 0) {
          messages.push({ role: 'assistant', content: answer.text });
          checkMessages(messages);
          return { steps, text: answer.text ?? '' };
        }
        messages.push({
          role: 'assistant',
          content: null,
          tool_calls: answer.toolCalls.map(({ id, name, arguments: text }) => ({
            id,
            type: 'function',
            function: { name, arguments: text },
          })),
          reasoning_details: answer.reasoningDetails,
        });
        for (const call of answer.toolCalls) {
          const input = JSON.parse(call.arguments) as JsonObject;
          steps.push({ turn, tool: call.name, input });
          const content = JSON.stringify(run(call.name, input));
          messages.push({ role: 'tool', tool_call_id: call.id, content });
        }
      }
      throw new Error(`the stand-in did not end within ${mostTurns} turns: ${prompt}`);
    },
  };
}
