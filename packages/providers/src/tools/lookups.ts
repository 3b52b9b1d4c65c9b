import { Code } from '@connectrpc/connect';
import type { Account, Lookup, Tool, ToolClient } from '@pawl/engine';
import type { ScalekitClient } from '@scalekit-sdk/node';
import { ConnectorStatus } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/connected_accounts/connected_accounts_pb.js';
import type { CleanText } from '../clean-text.ts';
import { everyPage } from './every-page.ts';
import { readFault } from './fault.ts';
import { createLookupCache } from './lookup-cache.ts';
import { lookupFailureOf } from './lookup-failure.ts';
import { readTool, withoutRepeated } from './read-tool.ts';
import { createRememberedLookup } from './remembered-lookup.ts';

export interface LookupSettings {
  readonly scalekit: ScalekitClient;
  readonly clean: CleanText;
  readonly identifierOf: (account: Account) => string;
  /** Milliseconds. */
  readonly cacheFor: number;
}

const pageSize = 100;
const cachedAccounts = 10_000;
const cachedToolLists = 500;
/** Characters of JSON that all kept tool lists have together. */
const cachedToolCharacters = 32_000_000;

/** The questions that Scalekit answers, their answers kept for a short time. */
export function createLookups(
  settings: LookupSettings,
): Pick<ToolClient, 'connections' | 'isAccountActive' | 'listTools' | 'forget'> {
  const { scalekit, clean, identifierOf, cacheFor: ttl } = settings;
  const connections = createRememberedLookup<readonly string[]>(() => lookUp(listConnections), {
    ttl,
  });
  const accounts = createLookupCache<boolean>({
    max: cachedAccounts,
    ttl,
    keep: (active) => active,
  });
  const toolLists = createLookupCache<readonly Tool[]>({
    max: cachedToolLists,
    ttl,
    // An account that is not active lists nothing: what it lists once it is must be seen at once.
    keep: (tools) => tools.length > 0,
    maxSize: cachedToolCharacters,
    sizeOf: (tools) => JSON.stringify(tools).length,
  });
  const keyOf = (account: Account) => `${identifierOf(account)}\n${account.connection}`;

  async function lookUp<Value>(
    work: () => Promise<Value>,
    connection?: string,
  ): Promise<Lookup<Value>> {
    try {
      return { kind: 'found', value: await work() };
    } catch (error) {
      const context = connection === undefined ? { clean } : { clean, connection };
      return lookupFailureOf(readFault(error), context);
    }
  }

  /** The answer carries live tokens: nothing but the status leaves this function. */
  async function isActive(account: Account): Promise<boolean> {
    const request = { connectionName: account.connection, identifier: identifierOf(account) };
    const getOrCreate = () => scalekit.actions.getOrCreateConnectedAccount(request);
    const { connectedAccount } = await getOrCreate().catch((error: unknown) => {
      // Somebody else created it in between.
      if (isConflict(error)) return getOrCreate();
      throw error;
    });
    return connectedAccount?.status === ConnectorStatus.ACTIVE;
  }

  async function listEveryTool(account: Account): Promise<Tool[]> {
    const listed = await everyPage(async (pageToken) => {
      const page = await scalekit.tools.listScopedTools(identifierOf(account), {
        filter: { connectionNames: [account.connection] },
        pageSize,
        ...(pageToken === undefined ? {} : { pageToken }),
      });
      const tools = page.tools.flatMap(({ tool }) => {
        const read = tool === undefined ? undefined : readTool(tool, account.connection);
        return read === undefined ? [] : [read];
      });
      return { items: tools, nextPageToken: page.nextPageToken };
    });
    return withoutRepeated(listed);
  }

  async function listConnections(): Promise<string[]> {
    const listed = await everyPage(async (pageToken) => {
      const page = await scalekit.actions.listConnections({
        pageSize,
        ...(pageToken === undefined ? {} : { pageToken }),
      });
      const names = page.connections.map(({ connectionName }) => connectionName);
      return { items: names, nextPageToken: page.nextPageToken };
    });
    return listed.filter((name) => name !== '');
  }

  return {
    connections,
    isAccountActive(account, { fresh }) {
      const load = () => lookUp(() => isActive(account), account.connection);
      return fresh ? accounts.refresh(keyOf(account), load) : accounts.get(keyOf(account), load);
    },
    listTools: (account) =>
      toolLists.get(keyOf(account), () => lookUp(() => listEveryTool(account), account.connection)),
    forget(account) {
      accounts.forget(keyOf(account));
      toolLists.forget(keyOf(account));
    },
  };
}

function isConflict(error: unknown): boolean {
  const fault = readFault(error);
  return (
    fault.kind === 'status' &&
    (fault.status === Code.AlreadyExists || fault.status === Code.Aborted)
  );
}
