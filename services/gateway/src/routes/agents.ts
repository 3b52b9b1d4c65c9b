import {
  AgentChanges,
  AgentDefinition,
  type AgentList,
  AgentName,
  AgentRequest,
  type StoredAgent,
} from '@pawl/contracts';
import { agentView } from '@pawl/engine';
import { InvalidCursorError } from '@pawl/store';
import type { Request } from 'express';
import { z } from 'zod';
import { checkConnections } from '../admission/check-connections.ts';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { withoutInput, withoutQuery } from '../http/mount.ts';
import { parseInput } from '../http/parse-input.ts';
import { invalidField, notFound, ProblemError } from '../http/problem.ts';
import { invalidCursor, wholeNumber } from '../http/query.ts';
import { readBody } from '../http/read-body.ts';

export const ListAgentsQuery = z.strictObject({
  limit: wholeNumber({ minimum: 1, maximum: 100 }).default(20),
  cursor: z.string().min(1).max(1_000).optional(),
});

/** `GET /v1/agents`: the operator's from files on the first page, and the tenant's own, newest first. */
export function listAgents({ engine: { store } }: Gateway): TenantHandler {
  return async (request, response, tenant) => {
    const query = parseInput(ListAgentsQuery, request.query);
    const fromFiles = query.cursor === undefined ? await store.listFileAgents() : [];
    const { items, nextCursor } = await store
      .listAgents({ ...query, tenant })
      .catch((error: unknown) => {
        throw error instanceof InvalidCursorError ? invalidCursor() : error;
      });
    const list: AgentList = {
      object: 'list',
      data: [...fromFiles, ...items].map(agentView),
      next_cursor: nextCursor,
    };
    response.json(list);
  };
}

/** `GET /v1/agents/{name}`. */
export function readAgent(gateway: Gateway): TenantHandler {
  return withoutInput(async (request, response, tenant) => {
    const name = nameOf(request);
    const agent = await gateway.engine.store.readAgent(tenant, name);
    if (agent === undefined) throw notFound(`agent ${name}`);
    response.set('ETag', `"${agent.version}"`).json(agentView(agent));
  });
}

/** `POST /v1/agents`. */
export function createAgent(gateway: Gateway): TenantHandler {
  const { store, now } = gateway.engine;
  return withoutQuery(async (request, response, tenant) => {
    const body = parseInput(AgentRequest, await readBody(request, response));
    const { name, ...given } = body;
    await refuseFileAgent(gateway, name);
    await checkConnections(gateway.tools, given.connections ?? [], given.connections);
    if ((await store.countAgents(tenant)) >= gateway.settings.agentsPerTenant) {
      throw new ProblemError(
        'agent_limit',
        `There are ${gateway.settings.agentsPerTenant} agents already: delete one that is not needed any more.`,
      );
    }
    for (;;) {
      const before = await store.readAgentRecord(tenant, name);
      if (before.agent !== undefined) {
        throw new ProblemError(
          'agent_exists',
          `There is an agent named ${name}: change it with PATCH /v1/agents/${name}.`,
        );
      }
      const at = now();
      const agent: StoredAgent = {
        name,
        version: String((before.revision ?? 0) + 1),
        source: 'api',
        definition: definedOnly(given),
        createdAt: at,
        updatedAt: at,
      };
      if (!(await store.writeAgent({ tenant, name }, before, agent))) continue;
      response
        .status(201)
        .location(`/v1/agents/${name}`)
        .set('ETag', `"${agent.version}"`)
        .json(agentView(agent));
      return;
    }
  });
}

/** `PATCH /v1/agents/{name}`: with `If-Match` or `version` only if it is still what the client has seen. */
export function changeAgent(gateway: Gateway): TenantHandler {
  const { store, now } = gateway.engine;
  return withoutQuery(async (request, response, tenant) => {
    const name = nameOf(request);
    const { version, ...changes } = parseInput(AgentChanges, await readBody(request, response));
    const expected = expectedVersion(request) ?? version;
    await refuseFileAgent(gateway, name);
    await checkConnections(gateway.tools, changes.connections ?? [], changes.connections ?? []);
    for (;;) {
      const before = await store.readAgentRecord(tenant, name);
      const known = before.agent;
      if (known === undefined) throw notFound(`agent ${name}`);
      checkVersion(known, expected);
      const agent: StoredAgent = {
        ...known,
        version: String((before.revision ?? 0) + 1),
        definition: definedOnly({ ...known.definition, ...changes }),
        updatedAt: now(),
      };
      if (!(await store.writeAgent({ tenant, name }, before, agent))) continue;
      response.set('ETag', `"${agent.version}"`).json(agentView(agent));
      return;
    }
  });
}

/** `DELETE /v1/agents/{name}`: its jobs go on, and say its name as before. */
export function deleteAgent(gateway: Gateway): TenantHandler {
  const { store } = gateway.engine;
  return withoutInput(async (request, response, tenant) => {
    const name = nameOf(request);
    const expected = expectedVersion(request);
    await refuseFileAgent(gateway, name);
    const [schedule, trigger] = await Promise.all([
      store.scheduleOfAgent(tenant, name),
      store.triggerOfAgent(tenant, name),
    ]);
    if (schedule !== undefined || trigger !== undefined) {
      throw new ProblemError(
        'agent_in_use',
        `${schedule ?? trigger} posts jobs of ${name}: change or delete it first.`,
      );
    }
    for (;;) {
      const before = await store.readAgentRecord(tenant, name);
      if (before.agent === undefined) throw notFound(`agent ${name}`);
      checkVersion(before.agent, expected);
      if (await store.writeAgent({ tenant, name }, before, null)) break;
    }
    response.status(204).end();
  });
}

/** @throws ProblemError `not_found` for what is no agent's name. */
function nameOf(request: Request): string {
  const parsed = AgentName.safeParse(request.params['name']);
  if (parsed.success) return parsed.data;
  throw notFound(`agent ${String(request.params['name']).slice(0, 80)}`);
}

async function refuseFileAgent({ engine: { store } }: Gateway, name: string): Promise<void> {
  if ((await store.readFileAgent(name)) === undefined) return;
  throw new ProblemError(
    'agent_from_file',
    `Agent ${name} is kept in ${name}.md of AGENTS_DIR: change that file.`,
  );
}

/** The version in `If-Match`; `*` is any. */
function expectedVersion(request: Request): string | undefined {
  const header = request.get('If-Match');
  if (header === undefined || header.trim() === '*') return undefined;
  const version = /^\s*"([^"]{1,64})"\s*$/.exec(header)?.[1];
  if (version === undefined) throw invalidField('If-Match', 'must be the ETag of the agent');
  return version;
}

function checkVersion({ name, version }: StoredAgent, expected: string | undefined): void {
  if (expected === undefined || expected === version) return;
  throw new ProblemError('version_mismatch', `Agent ${name} is at version ${version} by now.`);
}

/** What is null is taken away. */
function definedOnly(given: object): AgentDefinition {
  return AgentDefinition.parse(
    Object.fromEntries(
      Object.entries(given).filter(([, value]) => value !== undefined && value !== null),
    ),
  );
}
