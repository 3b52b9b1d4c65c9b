import {
  AcceptedJob,
  ConversationList,
  ConversationMessageList,
  ConversationResource,
  Event,
  Job,
  JobDetail,
  JobList,
  JobRequest,
  JobSnapshot,
  JobStepList,
  RetryRequest,
  StreamEnded,
  StreamOpened,
  StreamTrimmed,
  TurnDelta,
  TurnDiscarded,
} from '@pawl/contracts';
import { PageQuery } from '../http/query.ts';
import { ListJobsQuery } from '../routes/list-jobs.ts';
import { ListMessagesQuery } from '../routes/list-messages.ts';
import { ListConversationsQuery } from '../routes/read-conversation.ts';
import { ReadJobQuery } from '../routes/read-job.ts';
import { StreamJobEventsQuery } from '../routes/stream-job-events.ts';
import { StreamTenantEventsQuery } from '../routes/stream-tenant-events.ts';
import type { Operation } from './operation.ts';

const job = { name: 'Job', schema: Job };

const event = { name: 'Event', schema: Event };
const jobEvents = [
  event,
  { name: 'JobSnapshot', schema: JobSnapshot },
  { name: 'TurnDelta', schema: TurnDelta },
  { name: 'TurnDiscarded', schema: TurnDiscarded },
  { name: 'StreamEnded', schema: StreamEnded },
];
const tenantEvents = [
  event,
  { name: 'StreamOpened', schema: StreamOpened },
  { name: 'StreamTrimmed', schema: StreamTrimmed },
];

/** Jobs, their events, and conversations. */
export const jobOperations = {
  listJobs: {
    method: 'get',
    path: '/v1/jobs',
    scope: 'jobs:read',
    tag: 'Jobs',
    summary: 'Lists jobs, newest first',
    query: ListJobsQuery,
    answer: { status: 200, name: 'JobList', schema: JobList },
    problems: ['not_found'],
  },
  createJob: {
    method: 'post',
    path: '/v1/jobs',
    scope: 'jobs:write',
    tag: 'Jobs',
    summary: 'Posts a job',
    body: {
      name: 'JobRequest',
      schema: JobRequest,
      example: { prompt: 'Summarize my unread mail.', user: 'user_123' },
    },
    isIdempotent: true,
    answer: { status: 202, name: 'AcceptedJob', schema: AcceptedJob },
    problems: [
      'unknown_agent',
      'unknown_connection',
      'not_found',
      'conversation_busy',
      'conversation_full',
      'webhook_secret_missing',
      'limit_reached',
      'scalekit_failed',
      'scalekit_unavailable',
    ],
  },
  readJob: {
    method: 'get',
    path: '/v1/jobs/{id}',
    scope: 'jobs:read',
    tag: 'Jobs',
    summary: 'Shows a job, at once or when it has changed',
    query: ReadJobQuery,
    answer: { status: 200, name: 'JobDetail', schema: JobDetail },
  },
  eraseJob: {
    method: 'delete',
    path: '/v1/jobs/{id}',
    scope: 'jobs:write',
    tag: 'Jobs',
    summary: 'Erases a job that has ended, with all that is known of it',
    answer: { status: 204 },
    problems: ['job_not_ended', 'calls_in_flight', 'job_changing'],
  },
  cancelJob: {
    method: 'post',
    path: '/v1/jobs/{id}/cancel',
    scope: 'jobs:write',
    tag: 'Jobs',
    summary: 'Cancels a job',
    answer: { status: 200, ...job },
    problems: ['job_ended'],
  },
  retryJob: {
    method: 'post',
    path: '/v1/jobs/{id}/retry',
    scope: 'jobs:write',
    tag: 'Jobs',
    summary: 'Goes on with a failed, incomplete or expired job',
    body: {
      name: 'RetryRequest',
      schema: RetryRequest,
      isOptional: true,
      example: { limits: { turns: 20 } },
    },
    answer: { status: 202, ...job },
    problems: ['job_not_reopenable', 'conversation_busy', 'conversation_full', 'limit_reached'],
  },
  listSteps: {
    method: 'get',
    path: '/v1/jobs/{id}/steps',
    scope: 'jobs:read',
    tag: 'Jobs',
    summary: 'Lists the turns and tool calls of a job',
    query: PageQuery,
    answer: { status: 200, name: 'JobStepList', schema: JobStepList },
  },
  streamJobEvents: {
    method: 'get',
    path: '/v1/jobs/{id}/events',
    scope: 'jobs:read',
    tag: 'Events',
    summary: 'Sends what happens to a job as server-sent events',
    query: StreamJobEventsQuery,
    answer: { status: 200, stream: true, events: jobEvents },
    problems: ['streams_full'],
  },
  streamTenantEvents: {
    method: 'get',
    path: '/v1/events',
    scope: 'jobs:read',
    tag: 'Events',
    summary: 'Sends what happens to all jobs as server-sent events',
    query: StreamTenantEventsQuery,
    answer: { status: 200, stream: true, events: tenantEvents },
    problems: ['streams_full'],
  },
  listConversations: {
    method: 'get',
    path: '/v1/conversations',
    scope: 'jobs:read',
    tag: 'Conversations',
    summary: 'Lists conversations, newest first',
    query: ListConversationsQuery,
    answer: { status: 200, name: 'ConversationList', schema: ConversationList },
  },
  readConversation: {
    method: 'get',
    path: '/v1/conversations/{id}',
    scope: 'jobs:read',
    tag: 'Conversations',
    summary: 'Shows a conversation',
    answer: { status: 200, name: 'Conversation', schema: ConversationResource },
  },
  eraseConversation: {
    method: 'delete',
    path: '/v1/conversations/{id}',
    scope: 'jobs:write',
    tag: 'Conversations',
    summary: 'Erases a conversation with all its jobs',
    answer: { status: 204 },
    problems: ['job_not_ended', 'calls_in_flight', 'job_changing'],
  },
  listMessages: {
    method: 'get',
    path: '/v1/conversations/{id}/messages',
    scope: 'jobs:read',
    tag: 'Conversations',
    summary: 'Lists the messages of a conversation',
    query: ListMessagesQuery,
    answer: { status: 200, name: 'ConversationMessageList', schema: ConversationMessageList },
  },
} as const satisfies Record<string, Operation>;
