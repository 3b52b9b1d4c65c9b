import type { Account, AccountAuthorizer, Lookup, ToolClient } from '@pawl/engine';
import type { TraceHeaders } from '../http/trace-headers.ts';
import type { AccountListing } from '../tools/account-list.ts';
import { createToolClient, type ToolClientSettings } from '../tools/create-tool-client.ts';
import { createFunctionSource } from './functions/function-source.ts';
import { isResultToken } from './functions/result-link.ts';
import { createMcpSource } from './mcp/mcp-source.ts';
import type { ConfiguredSources } from './source-settings.ts';
import type { Connection, ToolSource } from './tool-source.ts';

/** The tools of every source, and the accounts that they ask for. */
export type ToolSources = ToolClient &
  AccountAuthorizer &
  AccountListing & {
    /** Every connection of every source, in the order of their names; a source that is away fails the whole. */
    describeConnections(): Promise<Lookup<readonly Connection[]>>;
    /** Whether a function may tell the result of this call by this token: see `result-link.ts`. */
    isResultToken(connection: string, callId: string, token: string): boolean;
    close(): Promise<void>;
  };

export interface ToolSourcesSettings extends ToolClientSettings {
  /** What the file of `TOOL_SOURCES` names. */
  readonly sources?: ConfiguredSources | undefined;
  /** What requests to functions and MCP servers say of the trace that they are a part of. Scalekit is told nothing. */
  readonly traceHeaders?: TraceHeaders | undefined;
  /** How functions reach the gateway, without a slash at the end. */
  readonly publicUrl?: string | undefined;
}

/** Scalekit, and the operator's own sources beside it. */
export function createToolSources(settings: ToolSourcesSettings): ToolSources {
  const { sources = {}, toolTimeout, lookupTimeout, cacheFor, now } = settings;
  const bounds = {
    toolTimeout,
    ...(lookupTimeout === undefined ? {} : { lookupTimeout }),
    ...(cacheFor === undefined ? {} : { cacheFor }),
    ...(settings.maxAnswerBytes === undefined ? {} : { maxAnswerBytes: settings.maxAnswerBytes }),
    ...(now === undefined ? {} : { now }),
    publicUrl: settings.publicUrl,
    traceHeaders: settings.traceHeaders,
  };
  const configured = Object.entries(sources).map(([name, source]): [string, ToolSource] => [
    name,
    source.type === 'mcp'
      ? createMcpSource(name, source, bounds)
      : createFunctionSource(name, source, bounds),
  ]);
  return {
    ...joinSources(new Map(configured), scalekitSource(createToolClient(settings))),
    isResultToken(connection, callId, token) {
      const source = Object.hasOwn(sources, connection) ? sources[connection] : undefined;
      return source?.type === 'functions' && isResultToken(token, callId, source.secret);
    },
  };
}

/** Scalekit's connections as a source. */
export function scalekitSource(client: ReturnType<typeof createToolClient>): ToolSource {
  return {
    ...client,
    accounts: client,
    async connections() {
      const names = await client.connections();
      if (names.kind !== 'found') return names;
      return {
        ...names,
        value: names.value.map((name) => ({ name, type: 'scalekit' as const })),
      };
    },
  };
}

/**
 * One client of many sources. A connection belongs to the source that the operator has configured under its name, and
 * to `others` where there is none: what the operator names wins over a connection of the same name elsewhere.
 */
function joinSources(
  configured: ReadonlyMap<string, ToolSource>,
  others: ToolSource,
): Omit<ToolSources, 'isResultToken'> {
  const sourceOf = ({ connection }: Pick<Account, 'connection'>) =>
    configured.get(connection) ?? others;
  const all = [...configured.values(), others];

  async function describeConnections(): Promise<Lookup<readonly Connection[]>> {
    const lists = await Promise.all(all.map((source) => source.connections()));
    const found = new Map<string, Connection>();
    let isStale = false;
    for (const list of lists) {
      if (list.kind !== 'found') return list;
      isStale ||= list.stale === true;
      for (const each of list.value) if (!found.has(each.name)) found.set(each.name, each);
    }
    const ordered = [...found.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1));
    return { kind: 'found', value: ordered, ...(isStale ? { stale: true } : {}) };
  }

  return {
    describeConnections,
    async connections() {
      const described = await describeConnections();
      if (described.kind !== 'found') return described;
      return { ...described, value: described.value.map(({ name }) => name) };
    },
    isAccountActive: (account, options) => sourceOf(account).isAccountActive(account, options),
    listTools: (account) => sourceOf(account).listTools(account),
    execute: (invocation, signal) => sourceOf(invocation).execute(invocation, signal),
    forget: (account) => sourceOf(account).forget(account),
    authorizationLink: (account, options) => sourceOf(account).authorizationLink(account, options),
    verify: (account, request) => sourceOf(account).verify(account, request),
    async listAccounts(owner) {
      const listed = await others.accounts?.listAccounts(owner);
      if (listed?.kind !== 'found') return listed ?? { kind: 'found', value: [] };
      const own = listed.value.filter(({ connection }) => !configured.has(connection));
      return { ...listed, value: own };
    },
    async removeAccount(account) {
      const removed = await sourceOf(account).accounts?.removeAccount(account);
      return removed ?? { kind: 'found', value: false };
    },
    async close() {
      await Promise.all(all.map((source) => source.close()));
    },
  };
}
