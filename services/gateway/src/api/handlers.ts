import type { Gateway } from '../gateway.ts';
import { createEventConnections } from '../events/event-connection.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import type { OperationName } from './operations.ts';
import { createAccountLink, deleteAccount, listAccounts } from '../routes/accounts.ts';
import { changeAgent, createAgent, deleteAgent, listAgents, readAgent } from '../routes/agents.ts';
import { cancelJob } from '../routes/cancel-job.ts';
import { changeSchedule } from '../routes/change-schedule.ts';
import { createJob } from '../routes/create-job.ts';
import { createSchedule } from '../routes/create-schedule.ts';
import { decideApproval, readApproval } from '../routes/decide-approval.ts';
import { eraseConversation, eraseJob } from '../routes/erase-job.ts';
import { createKey, listKeys, revokeKey } from '../routes/keys.ts';
import { listApprovals } from '../routes/list-approvals.ts';
import { listConnections } from '../routes/list-connections.ts';
import { listJobs } from '../routes/list-jobs.ts';
import { listMessages } from '../routes/list-messages.ts';
import { listSchedules } from '../routes/list-schedules.ts';
import { listSteps } from '../routes/list-steps.ts';
import { listTools } from '../routes/list-tools.ts';
import { listUsage } from '../routes/list-usage.ts';
import { listWebhookDeliveries } from '../routes/list-webhook-deliveries.ts';
import { previewSchedule } from '../routes/preview-schedule.ts';
import { listConversations, readConversation } from '../routes/read-conversation.ts';
import { readHealth } from '../routes/read-health.ts';
import { readJob } from '../routes/read-job.ts';
import { readLimits } from '../routes/read-limits.ts';
import { deleteSchedule, readSchedule } from '../routes/read-schedule.ts';
import { replaceLimits } from '../routes/replace-limits.ts';
import { retryJob } from '../routes/retry-job.ts';
import { rotateWebhookSecret } from '../routes/rotate-webhook-secret.ts';
import { streamJobEvents } from '../routes/stream-job-events.ts';
import { streamTenantEvents } from '../routes/stream-tenant-events.ts';
import { triggerSchedule } from '../routes/trigger-schedule.ts';
import {
  changeTrigger,
  createTrigger,
  deleteTrigger,
  listTriggerEvents,
  listTriggers,
  readTrigger,
} from '../routes/triggers.ts';
import { verifyAccount } from '../routes/verify-account.ts';
import { readWebhookDelivery, replayWebhookDelivery } from '../routes/webhook-delivery.ts';

/** What answers each operation. */
export function createHandlers(gateway: Gateway): Readonly<Record<OperationName, TenantHandler>> {
  const connections = createEventConnections(gateway);
  return {
    listJobs: listJobs(gateway),
    createJob: createJob(gateway),
    readJob: readJob(gateway),
    cancelJob: cancelJob(gateway),
    eraseJob: eraseJob(gateway),
    eraseConversation: eraseConversation(gateway),
    listSteps: listSteps(gateway),
    streamJobEvents: streamJobEvents(gateway, connections),
    streamTenantEvents: streamTenantEvents(gateway, connections),
    retryJob: retryJob(gateway),
    listConversations: listConversations(gateway),
    readConversation: readConversation(gateway),
    listMessages: listMessages(gateway),
    listAgents: listAgents(gateway),
    createAgent: createAgent(gateway),
    readAgent: readAgent(gateway),
    changeAgent: changeAgent(gateway),
    deleteAgent: deleteAgent(gateway),
    listSchedules: listSchedules(gateway),
    createSchedule: createSchedule(gateway),
    previewSchedule: previewSchedule(gateway),
    readSchedule: readSchedule(gateway),
    changeSchedule: changeSchedule(gateway),
    deleteSchedule: deleteSchedule(gateway),
    triggerSchedule: triggerSchedule(gateway),
    listTriggers: listTriggers(gateway),
    createTrigger: createTrigger(gateway),
    readTrigger: readTrigger(gateway),
    changeTrigger: changeTrigger(gateway),
    deleteTrigger: deleteTrigger(gateway),
    listTriggerEvents: listTriggerEvents(gateway),
    listAccounts: listAccounts(gateway),
    createAccountLink: createAccountLink(gateway),
    deleteAccount: deleteAccount(gateway),
    verifyAccount: verifyAccount(gateway),
    listConnections: listConnections(gateway),
    listTools: listTools(gateway),
    listApprovals: listApprovals(gateway),
    readApproval: readApproval(gateway),
    decideApproval: decideApproval(gateway),
    readLimits: readLimits(gateway),
    replaceLimits: replaceLimits(gateway),
    listUsage: listUsage(gateway),
    listWebhookDeliveries: listWebhookDeliveries(gateway),
    readWebhookDelivery: readWebhookDelivery(gateway),
    replayWebhookDelivery: replayWebhookDelivery(gateway),
    rotateWebhookSecret: rotateWebhookSecret(gateway),
    listKeys: listKeys(gateway),
    createKey: createKey(gateway),
    revokeKey: revokeKey(gateway),
    readHealth: readHealth(gateway),
  };
}
