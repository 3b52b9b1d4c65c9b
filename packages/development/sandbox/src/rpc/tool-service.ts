import type { JsonObject } from '@bufbuild/protobuf';
import { Code, ConnectError, type ServiceImpl } from '@connectrpc/connect';
import type { ToolService } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/tools/tools_pb.js';
import type { Account } from '../accounts/account.ts';
import type { CatalogueTool } from '../connectors/catalogue.ts';
import type { SandboxParts } from '../sandbox-parts.ts';
import { executeTool } from './execute-tool.ts';
import { toolRequestKey } from './interceptors.ts';
import { paginate } from './requests.ts';

function requireIdentifier(identifier: string): string {
  if (identifier === '') throw new ConnectError('identifier is required', Code.InvalidArgument);
  return identifier;
}

/** An empty list of wanted values asks for everything. */
function wanted(values: readonly string[] | undefined, value: string): boolean {
  return !values || values.length === 0 || values.includes(value);
}

export function toolService(parts: SandboxParts): Partial<ServiceImpl<typeof ToolService>> {
  const { accounts, catalogue, defaultPageSize, toolMetadata, toolSchemas } = parts;

  const toolMessage = (tool: CatalogueTool) => ({
    id: `tool_${tool.name}`,
    provider: tool.connector.toUpperCase(),
    definition: {
      name: tool.name,
      description: tool.description,
      input_schema: toolSchemas[tool.name] ?? (tool.parameters as JsonObject),
    },
    metadata: toolMetadata[tool.name] ?? {},
    tags: [],
  });

  const activeAccounts = (identifier: string) =>
    accounts
      .list()
      .filter((account) => account.identifier === identifier && account.status === 'ACTIVE');

  const scopedTools = (account: Account) =>
    catalogue.toolsOf(account.connection.connector).map((tool) => ({ account, tool }));

  return {
    listScopedTools(request) {
      const identifier = requireIdentifier(request.identifier);
      const names = request.filter?.connectionNames ?? [];
      const unknown = names.find((name) => !accounts.connection(name));
      if (unknown) throw new ConnectError(`connection not found: ${unknown}`, Code.NotFound);
      const scoped = activeAccounts(identifier)
        .filter((account) => wanted(names, account.connection.keyId))
        .filter((account) => wanted(request.filter?.providers, account.connection.providerKey))
        .flatMap(scopedTools)
        .filter(({ tool }) => wanted(request.filter?.toolNames, tool.name));
      const { items, ...page } = paginate(scoped, request, defaultPageSize);
      return {
        ...page,
        tools: items.map(({ account, tool }) => ({
          tool: toolMessage(tool),
          identifier,
          connectedAccountId: account.id,
        })),
      };
    },

    listTools(request) {
      const { provider = '', toolName = [], query = '' } = request.filter ?? {};
      const connectors = provider === '' ? catalogue.connectors : [provider.toLowerCase()];
      const tools = connectors
        .flatMap((connector) => catalogue.toolsOf(connector))
        .filter((tool) => wanted(toolName, tool.name))
        .filter((tool) => `${tool.name} ${tool.description}`.includes(query));
      const { items, ...page } = paginate(tools, request, defaultPageSize);
      return { ...page, tools: items.map(toolMessage), toolNames: items.map((tool) => tool.name) };
    },

    listAvailableTools(request) {
      const identifier = requireIdentifier(request.identifier);
      const connectors = new Set(activeAccounts(identifier).map((it) => it.connection.connector));
      const tools = [...connectors].flatMap((connector) => catalogue.toolsOf(connector));
      const { items, ...page } = paginate(tools, request, defaultPageSize);
      return { ...page, tools: items.map(toolMessage) };
    },

    executeTool(request, context) {
      const arrived = context.values.get(toolRequestKey);
      return executeTool(parts, request, () => {
        if (arrived) arrived.performed = true;
      });
    },
  };
}
