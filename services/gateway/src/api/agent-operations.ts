import { Agent, AgentChanges, AgentList, AgentRequest } from '@pawl/contracts';
import { ListAgentsQuery } from '../routes/agents.ts';
import type { Operation } from './operation.ts';

const agent = { name: 'Agent', schema: Agent };
const connections = ['unknown_connection', 'scalekit_failed', 'scalekit_unavailable'] as const;

/** Agents. */
export const agentOperations = {
  listAgents: {
    method: 'get',
    path: '/v1/agents',
    scope: 'jobs:read',
    tag: 'Agents',
    summary: 'Lists agents: those of files, then the newest first',
    query: ListAgentsQuery,
    answer: { status: 200, name: 'AgentList', schema: AgentList },
  },
  createAgent: {
    method: 'post',
    path: '/v1/agents',
    scope: 'jobs:write',
    tag: 'Agents',
    summary: 'Names what jobs begin with',
    body: {
      name: 'AgentRequest',
      schema: AgentRequest,
      example: {
        name: 'triage',
        instructions: 'Sort the mail by how urgent it is.',
        tools: { allow: ['gmail_*'] },
        limits: { turns: 4 },
      },
    },
    answer: { status: 201, ...agent },
    problems: ['agent_exists', 'agent_from_file', 'agent_limit', ...connections],
  },
  readAgent: {
    method: 'get',
    path: '/v1/agents/{name}',
    scope: 'jobs:read',
    tag: 'Agents',
    summary: 'Shows an agent',
    answer: { status: 200, ...agent },
  },
  changeAgent: {
    method: 'patch',
    path: '/v1/agents/{name}',
    scope: 'jobs:write',
    tag: 'Agents',
    summary: 'Changes an agent; jobs keep the version that they were accepted with',
    body: { name: 'AgentChanges', schema: AgentChanges, example: { limits: { turns: 6 } } },
    answer: { status: 200, ...agent },
    problems: ['agent_from_file', 'version_mismatch', ...connections],
  },
  deleteAgent: {
    method: 'delete',
    path: '/v1/agents/{name}',
    scope: 'jobs:write',
    tag: 'Agents',
    summary: 'Deletes an agent; its jobs stay',
    answer: { status: 204 },
    problems: ['agent_from_file', 'agent_in_use', 'version_mismatch'],
  },
} as const satisfies Record<string, Operation>;
