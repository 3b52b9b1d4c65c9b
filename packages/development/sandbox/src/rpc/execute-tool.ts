import { randomBytes } from 'node:crypto';
import type { JsonObject } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import type { AccountStore } from '../accounts/account-store.ts';
import type { Account } from '../accounts/account.ts';
import type { CatalogueTool } from '../connectors/catalogue.ts';
import { effectKey, keptArguments } from '../control/records.ts';
import type { SandboxParts } from '../sandbox-parts.ts';
import { ToolFailure } from '../tools/tool-call.ts';
import { requireAccount, toolError } from './requests.ts';

export interface ToolRequestFields {
  readonly toolName: string;
  readonly identifier?: string | undefined;
  readonly connector?: string | undefined;
  readonly connectedAccountId?: string | undefined;
  readonly agentRunId?: string | undefined;
  readonly params?: JsonObject | undefined;
}

interface Execution {
  readonly data: JsonObject;
  readonly executionId: string;
}

/** Without a connector the account is the identifier's only one of the tool's connector. */
function accountFor(
  accounts: AccountStore,
  tool: CatalogueTool,
  request: ToolRequestFields,
): Account {
  if (request.connectedAccountId || request.connector) {
    return requireAccount(accounts, {
      id: request.connectedAccountId,
      connector: request.connector,
      identifier: request.identifier,
    });
  }
  const matching = accounts
    .list()
    .filter(
      (account) =>
        account.identifier === request.identifier &&
        account.connection.connector === tool.connector,
    );
  const [only, another] = matching;
  const connector = only && another === undefined ? only.connection.keyId : undefined;
  return requireAccount(accounts, { connector, identifier: request.identifier });
}

/**
 * Runs one tool for real on the sandbox's data and records the effect. Throws NotFound for an
 * unknown account, and a TOOL_ERROR for whatever the tool or its provider refuses.
 */
export async function executeTool(
  parts: SandboxParts,
  request: ToolRequestFields,
  onPerformed: () => void,
): Promise<Execution> {
  const { accounts, catalogue, hooks, now, records } = parts;
  const executionId = `exec_${randomBytes(10).toString('hex')}`;
  const refuse = (code: Code, toolErrorCode: string, toolErrorMessage: string) =>
    toolError(code, { toolErrorCode, toolErrorMessage, executionId });

  const tool = catalogue.find(request.toolName);
  if (!tool) {
    throw refuse(Code.InvalidArgument, 'UNKNOWN_TOOL', `unknown tool: ${request.toolName}`);
  }
  const account = accountFor(accounts, tool, request);
  const { connection } = account;
  if (connection.connector !== tool.connector) {
    const reason = `${tool.name} is no tool of the connection ${connection.keyId}`;
    throw refuse(Code.InvalidArgument, 'UNKNOWN_TOOL', reason);
  }
  if (account.status !== 'ACTIVE') {
    const reason = `the connected account is ${account.status}, not ACTIVE`;
    throw refuse(Code.Unauthenticated, 'CONNECTED_ACCOUNT_NOT_ACTIVE', reason);
  }
  const input = request.params ?? {};
  const problem = parts.validateArguments(tool, input);
  if (problem !== undefined) throw refuse(Code.InvalidArgument, 'INVALID_ARGUMENTS', problem);

  const call = {
    tool: tool.name,
    identifier: account.identifier,
    connection: connection.keyId,
    arguments: input,
    agentRunId: request.agentRunId,
    writes: tool.writes,
    executionId,
  };
  await hooks.run('tool.before_effect', call);
  let data: JsonObject;
  try {
    data = parts.workspaces.run(account, tool, input, now());
  } catch (error) {
    if (error instanceof ToolFailure) throw refuse(error.code, error.toolErrorCode, error.message);
    throw error;
  }
  onPerformed();
  account.lastUsedAt = now();
  if (tool.writes) {
    records.countEffect({
      key: effectKey(call),
      tool: call.tool,
      identifier: call.identifier,
      connection: call.connection,
      arguments: keptArguments(input),
      agentRunId: call.agentRunId,
      executionId,
      time: new Date(now()).toISOString(),
    });
  }
  await hooks.run('tool.after_effect', call);
  return { data, executionId };
}
