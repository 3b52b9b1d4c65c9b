import type { JsonObject } from '@pawl/contracts';
import type { Account, Lookup, Tool, ToolInvocation, ToolOutcome } from '@pawl/engine';
import { createTextCleaner } from '../../clean-text.ts';
import { startDeadline, withEither } from '../../deadline.ts';
import { membersOf } from '../../model/parse-body.ts';
import { keptOutput } from '../../tools/bound-output.ts';
import { everyPage } from '../../tools/every-page.ts';
import { createLookupCache } from '../../tools/lookup-cache.ts';
import { declaredEffect, readTool, withoutRepeated } from '../../tools/read-tool.ts';
import { fillAddress, fillHeaders } from '../address-template.ts';
import type { SourceBounds } from '../functions/function-source.ts';
import { failed, givenUp, notExecuted, unknown } from '../outcomes.ts';
import type { McpSourceSettings } from '../source-settings.ts';
import type { ToolSource } from '../tool-source.ts';
import { isSessionOver, isUnauthorized, mcpLookupFailure, mcpOutcome } from './mcp-failure.ts';
import { errorTextOf, outputOf } from './mcp-output.ts';
import type { McpSession, McpTarget } from './mcp-session.ts';
import { createMcpSessions } from './mcp-sessions.ts';

const cachedLists = 500;
/** Characters of JSON that all kept tool lists have together. */
const cachedCharacters = 16_000_000;
/** The answer of a person's page to a link that never expires by itself, in milliseconds. */
const linkLifetime = 3_600_000;

/** What the server lists for a user; not active where it wants another authorization. */
type Listing =
  | { readonly active: true; readonly tools: readonly Tool[] }
  | { readonly active: false };

/** The tools of one MCP server, as one connection. */
export function createMcpSource(
  name: string,
  settings: McpSourceSettings,
  {
    toolTimeout,
    lookupTimeout = 20_000,
    cacheFor = 60_000,
    maxAnswerBytes = 4_194_304,
    now = Date.now,
    traceHeaders,
  }: SourceBounds,
): ToolSource {
  const secrets = [settings.bearer ?? '', ...Object.values(settings.headers)];
  const context = { connection: name, clean: createTextCleaner(() => secrets) };
  const sessions = createMcpSessions();
  const closing = new AbortController();
  const listings = createLookupCache<Listing>({
    max: cachedLists,
    ttl: cacheFor,
    keep: (listing) => listing.active && listing.tools.length > 0,
    maxSize: cachedCharacters,
    sizeOf: (listing) => JSON.stringify(listing).length,
  });
  const keyOf = ({ tenant, user }: Account) => (isShared(settings) ? '' : `${tenant}\n${user}`);

  /** @throws UnusableAddress */
  function targetOf(account: Account): McpTarget {
    return {
      url: fillAddress(settings.url, account),
      headers: {
        ...(settings.bearer === undefined ? {} : { Authorization: `Bearer ${settings.bearer}` }),
        ...fillHeaders(settings.headers, account),
      },
      maxAnswerBytes,
      traceHeaders,
    };
  }

  /** Works with the user's session; one that the server has forgotten is opened anew the next time. */
  async function inSession<Value>(
    account: Account,
    signal: AbortSignal,
    work: (session: McpSession) => Promise<Value>,
  ): Promise<Value> {
    const session = await sessions.get(keyOf(account), () => targetOf(account), signal);
    try {
      return await work(session);
    } catch (error) {
      if (isSessionOver(error) || isUnauthorized(error)) sessions.drop(keyOf(account));
      throw error;
    }
  }

  async function list(account: Account): Promise<Lookup<Listing>> {
    const deadline = startDeadline(lookupTimeout, closing.signal);
    const { signal } = deadline;
    try {
      const load = () => inSession(account, signal, (session) => listEveryTool(session, signal));
      const tools = await load().catch((error: unknown) => {
        if (isSessionOver(error)) return load();
        throw error;
      });
      return { kind: 'found', value: { active: true, tools } };
    } catch (error) {
      if (isUnauthorized(error) && settings.connect_url !== undefined) {
        return { kind: 'found', value: { active: false } };
      }
      return mcpLookupFailure(error, context);
    } finally {
      deadline.clear();
    }
  }

  async function listEveryTool(session: McpSession, signal: AbortSignal): Promise<Tool[]> {
    const listed = await everyPage(async (cursor) => {
      const page = await session.listTools(cursor, signal);
      return {
        items: page.tools.flatMap((tool) => readMcpTool(tool, name, settings)),
        nextPageToken: page.nextCursor,
      };
    });
    return withoutRepeated(listed);
  }

  const listing = (account: Account, fresh = false) =>
    fresh
      ? listings.refresh(keyOf(account), () => list(account))
      : listings.get(keyOf(account), () => list(account));

  async function isAccountActive(account: Account, fresh: boolean): Promise<Lookup<boolean>> {
    const found = await listing(account, fresh);
    return found.kind === 'found' ? { kind: 'found', value: found.value.active } : found;
  }

  async function execute(invocation: ToolInvocation, signal: AbortSignal): Promise<ToolOutcome> {
    const deadline = startDeadline(toolTimeout, signal);
    let isSent = false;
    try {
      signal.throwIfAborted();
      return await inSession(invocation, deadline.signal, async (session) => {
        isSent = true;
        const { tool, arguments: input, callId } = invocation;
        const call = { name: tool, arguments: input, callId };
        const result = await session.callTool(call, deadline.signal);
        return result.isError === true
          ? failed('tool_failed', context.clean(errorTextOf(result)))
          : { kind: 'succeeded', output: keptOutput(outputOf(result)) };
      });
    } catch (error) {
      const reason = givenUp(signal, deadline, toolTimeout);
      if (reason !== undefined) {
        return (isSent ? unknown : notExecuted)(reason.code, reason.message);
      }
      return failureOf(error, isSent);
    } finally {
      deadline.clear();
    }
  }

  function failureOf(error: unknown, isSent: boolean): ToolOutcome {
    if (isUnauthorized(error) && settings.connect_url !== undefined) {
      const message = `${name} asks for an authorization.`;
      return {
        kind: 'account_inactive',
        failure: { code: 'tool_unauthorized', message, retryable: false },
      };
    }
    if (isSent && !isUnauthorized(error)) return mcpOutcome(error, context);
    const { kind, failure } = mcpLookupFailure(error, context);
    return kind === 'fatal' ? { kind, failure } : { kind: 'not_executed', failure };
  }

  return {
    connections: async () => ({
      kind: 'found',
      value: [
        {
          name,
          type: 'mcp',
          ...(settings.description === undefined ? {} : { description: settings.description }),
        },
      ],
    }),
    isAccountActive: (account, { fresh }) => isAccountActive(account, fresh),
    async listTools(account) {
      const found = await listing(account);
      if (found.kind !== 'found') return found;
      return { kind: 'found', value: found.value.active ? found.value.tools : [] };
    },
    execute: (invocation, signal) =>
      withEither(signal, closing.signal, (either) => execute(invocation, either)),
    forget(account) {
      listings.forget(keyOf(account));
      sessions.drop(keyOf(account));
    },
    async authorizationLink(account, { state, verifyUrl }) {
      if (settings.connect_url === undefined) {
        const message = `${name} has no connect_url in TOOL_SOURCES.`;
        return { kind: 'fatal', failure: { code: 'mcp_unauthorized', message, retryable: false } };
      }
      const back = new URL(verifyUrl);
      back.searchParams.set('state', state);
      back.searchParams.set('auth_request_id', 'connected');
      const url = fillAddress(settings.connect_url, account, { return_url: back.href });
      return { kind: 'found', value: { url: url.href, expiresAt: now() + linkLifetime } };
    },
    async verify(account) {
      listings.forget(keyOf(account));
      sessions.drop(keyOf(account));
      const active = await isAccountActive(account, true);
      if (active.kind !== 'found') return active;
      if (active.value) return { kind: 'verified' };
      const message = 'The server does not take this user’s authorization yet.';
      return { kind: 'refused', failure: { code: 'mcp_unauthorized', message, retryable: false } };
    },
    async close() {
      closing.abort(new Error('the process is shutting down'));
      await sessions.close();
    },
  };
}

/** Whether the server sees the same address and headers for everybody. */
function isShared({ url, headers }: McpSourceSettings): boolean {
  return ![url, ...Object.values(headers)].some((text) => /\{(user|tenant)\}/.test(text));
}

/** A tool as the server lists it. What it says of its effect counts only where the operator trusts it: else it writes. */
function readMcpTool(
  listed: unknown,
  connection: string,
  { effects, trust_annotations: isTrusted }: McpSourceSettings,
): Tool[] {
  const { name, title, description, inputSchema, annotations } = membersOf(listed);
  const definition = { name, description: description ?? title ?? '', input_schema: inputSchema };
  // What was listed has been through `JSON.parse`.
  const tool = readTool({ definition: definition as unknown as JsonObject }, connection);
  if (tool === undefined) return [];
  const own = Object.hasOwn(effects, tool.name) ? effects[tool.name] : undefined;
  const declared = isTrusted ? declaredEffect({ annotations }) : undefined;
  return [{ ...tool, declaredEffect: own ?? declared ?? 'writes' }];
}
