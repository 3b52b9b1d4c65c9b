import {
  Job,
  Schedule,
  ScheduleChanges,
  ScheduleList,
  SchedulePreview,
  SchedulePreviewRequest,
  ScheduleRequest,
} from '@pawl/contracts';
import { ListSchedulesQuery } from '../routes/list-schedules.ts';
import type { Operation } from './operation.ts';

const job = { name: 'Job', schema: Job };
const schedule = { name: 'Schedule', schema: Schedule };
const weekdays = { cron: '0 8 * * MON-FRI', timezone: 'Europe/Berlin' };

/** Schedules. */
export const scheduleOperations = {
  listSchedules: {
    method: 'get',
    path: '/v1/schedules',
    scope: 'jobs:read',
    tag: 'Schedules',
    summary: 'Lists schedules',
    query: ListSchedulesQuery,
    answer: { status: 200, name: 'ScheduleList', schema: ScheduleList },
  },
  createSchedule: {
    method: 'post',
    path: '/v1/schedules',
    scope: 'jobs:write',
    tag: 'Schedules',
    summary: 'Posts a job by the clock',
    body: {
      name: 'ScheduleRequest',
      schema: ScheduleRequest,
      example: { ...weekdays, job: { prompt: 'Summarize my unread mail.' } },
    },
    isIdempotent: true,
    answer: { status: 201, ...schedule },
    problems: [
      'unknown_agent',
      'unknown_connection',
      'not_found',
      'schedule_limit',
      'webhook_secret_missing',
      'scalekit_failed',
      'scalekit_unavailable',
    ],
  },
  previewSchedule: {
    method: 'post',
    path: '/v1/schedules/preview',
    scope: 'jobs:read',
    tag: 'Schedules',
    summary: 'Says when a schedule would run',
    body: {
      name: 'SchedulePreviewRequest',
      schema: SchedulePreviewRequest,
      example: weekdays,
    },
    answer: { status: 200, name: 'SchedulePreview', schema: SchedulePreview },
  },
  readSchedule: {
    method: 'get',
    path: '/v1/schedules/{id}',
    scope: 'jobs:read',
    tag: 'Schedules',
    summary: 'Shows a schedule',
    answer: { status: 200, ...schedule },
  },
  changeSchedule: {
    method: 'patch',
    path: '/v1/schedules/{id}',
    scope: 'jobs:write',
    tag: 'Schedules',
    summary: 'Changes a schedule',
    body: {
      name: 'ScheduleChanges',
      schema: ScheduleChanges,
      example: { enabled: false },
    },
    answer: { status: 200, ...schedule },
    problems: [
      'unknown_agent',
      'unknown_connection',
      'webhook_secret_missing',
      'scalekit_failed',
      'scalekit_unavailable',
    ],
  },
  deleteSchedule: {
    method: 'delete',
    path: '/v1/schedules/{id}',
    scope: 'jobs:write',
    tag: 'Schedules',
    summary: 'Deletes a schedule; its jobs stay',
    answer: { status: 204 },
  },
  triggerSchedule: {
    method: 'post',
    path: '/v1/schedules/{id}/trigger',
    scope: 'jobs:write',
    tag: 'Schedules',
    summary: 'Posts the job of a schedule now',
    isIdempotent: true,
    answer: { status: 202, ...job },
    problems: ['conversation_busy', 'conversation_full', 'limit_reached'],
  },
} as const satisfies Record<string, Operation>;
