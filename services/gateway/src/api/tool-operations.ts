import {
  Approval,
  ApprovalDecision,
  ApprovalList,
  ConnectionList,
  ToolList,
  VerifiedAccount,
  VerifyAccountRequest,
} from '@pawl/contracts';
import { ListApprovalsQuery } from '../routes/list-approvals.ts';
import { ListToolsQuery } from '../routes/list-tools.ts';
import type { Operation } from './operation.ts';

/** Accounts, tools and approvals. */
export const toolOperations = {
  verifyAccount: {
    method: 'post',
    path: '/v1/accounts/verify',
    scope: 'jobs:write',
    tag: 'Accounts and tools',
    summary: 'Vouches for the user who has authorized an account',
    body: {
      name: 'VerifyAccountRequest',
      schema: VerifyAccountRequest,
      example: { code: '0_abcdefghijklmnopqrst', user: 'user_123' },
    },
    answer: { status: 200, name: 'VerifiedAccount', schema: VerifiedAccount },
    problems: [
      'verification_mismatch',
      'verification_unknown',
      'account_not_verified',
      'scalekit_failed',
      'scalekit_unavailable',
    ],
  },
  listConnections: {
    method: 'get',
    path: '/v1/connections',
    scope: 'jobs:read',
    tag: 'Accounts and tools',
    summary: 'Lists what the connections of a job may name',
    answer: { status: 200, name: 'ConnectionList', schema: ConnectionList },
    problems: ['scalekit_failed', 'scalekit_unavailable'],
  },
  listTools: {
    method: 'get',
    path: '/v1/tools',
    scope: 'jobs:read',
    tag: 'Accounts and tools',
    summary: 'Lists the tools that a job of a user would have',
    query: ListToolsQuery,
    answer: { status: 200, name: 'ToolList', schema: ToolList },
    problems: ['unknown_connection', 'scalekit_failed', 'scalekit_unavailable'],
  },
  listApprovals: {
    method: 'get',
    path: '/v1/approvals',
    scope: 'approvals',
    tag: 'Approvals',
    summary: 'Lists the tool calls that wait for a person',
    query: ListApprovalsQuery,
    answer: { status: 200, name: 'ApprovalList', schema: ApprovalList },
  },
  decideApproval: {
    method: 'post',
    path: '/v1/approvals/{id}',
    scope: 'approvals',
    tag: 'Approvals',
    summary: 'Decides about a tool call',
    body: {
      name: 'ApprovalDecision',
      schema: ApprovalDecision,
      example: { decision: 'reject', message: 'The mail was never sent.' },
    },
    answer: { status: 200, name: 'Approval', schema: Approval },
    problems: ['approval_decided', 'approval_settled'],
  },
} as const satisfies Record<string, Operation>;
