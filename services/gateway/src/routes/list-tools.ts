import {
  ConnectionName,
  type ListedConnection,
  type ToolList,
  type ToolResource,
  User,
} from '@pawl/contracts';
import { effectOf, nameTools, type OfferedTool, type Tool } from '@pawl/engine';
import { z } from 'zod';
import { checkConnections } from '../admission/check-connections.ts';
import { checkUser } from '../admission/complete-request.ts';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { parseInput } from '../http/parse-input.ts';
import { invalidField } from '../http/problem.ts';
import { invalidCursor, pageBytes, wholeNumber } from '../http/query.ts';

const connectionNames = z
  .string()
  .transform((text) => text.split(',').map((name) => name.trim()))
  .pipe(z.array(ConnectionName).min(1).max(20));

export const ListToolsQuery = z.strictObject({
  user: User.optional(),
  connections: connectionNames.optional(),
  limit: wholeNumber({ minimum: 1, maximum: 1_000 }).default(100),
  cursor: z.string().min(1).max(200).optional(),
});

/**
 * `GET /v1/tools`: the tools that a job of this user with these connections would have, under the names that the model
 * sees. A connection that cannot be listed now says why, and hides none of the others' tools.
 */
export function listTools(gateway: Gateway): TenantHandler {
  return async (request, response, tenant) => {
    const query = parseInput(ListToolsQuery, request.query);
    const { defaults, toolEffects } = gateway.settings;
    const user = query.user ?? defaults.user;
    if (user === undefined)
      throw invalidField('user', 'is required, since SCALEKIT_IDENTIFIER is not set');
    checkUser(user);
    const names = [...new Set(query.connections ?? defaults.connections)];
    await checkConnections(gateway.tools, names, query.connections);
    const listed = await Promise.all(
      names.map((connection) => listOne(gateway, { tenant, user, connection })),
    );
    const { tools } = nameTools(listed.flatMap((each) => each.tools));
    const page = pageOf(
      tools.map((offered) => toolView(offered, toolEffects)),
      query,
    );
    const list: ToolList = {
      object: 'list',
      data: page.tools,
      connections: listed.map(({ connection }) => connection),
      next_cursor: page.nextCursor,
    };
    response.json(list);
  };
}

interface Listed {
  readonly connection: ListedConnection;
  readonly tools: readonly Tool[];
}

async function listOne(
  { tools }: Gateway,
  account: { tenant: string; user: string; connection: string },
): Promise<Listed> {
  const { connection: name } = account;
  const active = await tools.isAccountActive(account, { fresh: false });
  if (active.kind === 'found' && !active.value) {
    return { connection: { name, status: 'requires_authorization', error: null }, tools: [] };
  }
  const found = active.kind === 'found' ? await tools.listTools(account) : active;
  if (found.kind === 'found') {
    return { connection: { name, status: 'active', error: null }, tools: found.value };
  }
  const { code, message } = found.failure;
  return { connection: { name, status: 'unavailable', error: { code, message } }, tools: [] };
}

function toolView(
  { name, tool }: OfferedTool,
  effects: Parameters<typeof effectOf>[1],
): ToolResource {
  return {
    object: 'tool',
    name,
    tool: tool.name,
    connection: tool.connection,
    description: tool.description,
    effect: effectOf(tool, effects),
    input_schema: tool.inputSchema,
  };
}

/** A page ends with the tool that makes it longer than a page may be. The cursor is the last tool's name. */
function pageOf(
  tools: readonly ToolResource[],
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): { tools: ToolResource[]; nextCursor: string | null } {
  const last = cursor === undefined ? -1 : tools.findIndex(({ name }) => name === cursor);
  if (cursor !== undefined && last === -1) throw invalidCursor();
  const page: ToolResource[] = [];
  let bytes = 0;
  for (const tool of tools.slice(last + 1)) {
    if (page.length === limit || bytes > pageBytes) break;
    bytes += Buffer.byteLength(JSON.stringify(tool));
    page.push(tool);
  }
  const isWhole = last + 1 + page.length === tools.length;
  return { tools: page, nextCursor: isWhole ? null : (page.at(-1)?.name ?? null) };
}
