export { defaultRules, type Rules } from './rules.ts';
export type {
  Account,
  AccountAuthorizer,
  Commit,
  ConversationWrite,
  IdempotencyRecord,
  IdempotencyWrite,
  JobResult,
  JobWrite,
  LateWrite,
  Lookup,
  LookupFailure,
  ModelClient,
  ModelFailure,
  ModelOutcome,
  ModelReply,
  ModelRequest,
  ReplyUsage,
  OfferedTool,
  Share,
  Store,
  TaskQueue,
  Tool,
  ToolClient,
  ToolInvocation,
  ToolOutcome,
  Wake,
  Woken,
} from './ports.ts';
export { blockTurn, postponeAccountCheck, resumeAccount } from './decisions/account.ts';
export {
  emptyLine,
  type Conversation,
  type Line,
  type LineChange,
} from './decisions/conversation.ts';
export { claimCall, type CallClaim } from './decisions/claim-call.ts';
export { claimTurn, type TurnClaim } from './decisions/claim-turn.ts';
export { endpointTool, type EndpointTool } from './decisions/endpoint-tools.ts';
export { inexactNumber } from './decisions/exact-numbers.ts';
export { failTurn } from './decisions/fail-turn.ts';
export { lengthOf, messagesOf, recentJobs, type JobHistory } from './decisions/history.ts';
export { isLastDelivery } from './decisions/last-delivery.ts';
export { outputCap } from './decisions/limits.ts';
export { budgetOf, type SentMessages } from './decisions/message-budget.ts';
export { modelMessages } from './decisions/model-messages.ts';
export { wellFormed } from './decisions/well-formed.ts';
export { nameTools, offerTools } from './decisions/offer-tools.ts';
export {
  checkableCalls,
  prepareCalls,
  requestedCalls,
  type CheckableCall,
  type ToolSet,
} from './decisions/prepare-calls.ts';
export { recordOutcome } from './decisions/record-outcome.ts';
export { recordReply } from './decisions/record-reply.ts';
export { meaningOf, notMadeBecause, saysSomething } from './decisions/reply-meaning.ts';
export { checkAnswer } from './decisions/response-format.ts';
export { resolveOutcome } from './decisions/resolve-outcome.ts';
export { releaseTurn } from './decisions/release-turn.ts';
export { awaitedConnections, requiredActionOf, statusOf } from './decisions/status.ts';
export { isStopped, stopName, stopOf } from './decisions/stops.ts';
export { effectByName, effectOf } from './decisions/tool-effect.ts';
export { isAllowed, type ToolPolicy } from './decisions/tool-policy.ts';
export {
  dispatch,
  emptyPool,
  enterPool,
  leavePool,
  tryPool,
  type ShareOwner,
  type SharePool,
} from './decisions/share-pool.ts';
export { mayTakeShare, type Capacity } from './decisions/share-rule.ts';
export { dueWakes, sweepTime, wakesOf } from './decisions/wakes.ts';
export { admit, type Admission, type AdmissionOutcome } from './lifecycle/admit.ts';
export type { UnderKey } from './lifecycle/under-key.ts';
export { begin } from './lifecycle/begin.ts';
export { decideOutcome, type DecideOutcome } from './lifecycle/decide.ts';
export type { Engine } from './lifecycle/dependencies.ts';
export { releaseTimedOutHolds } from './lifecycle/holds.ts';
export { reportOutcome } from './lifecycle/report-outcome.ts';
export { reopenJob, type ReopenOutcome } from './lifecycle/reopen.ts';
export { resumeJobs } from './lifecycle/resume.ts';
export { cancelJob, expireJob } from './lifecycle/stop.ts';
export { transition } from './lifecycle/transition.ts';
export { instant } from './present/instant.ts';
export { presentApprovals, presentDecided } from './present/present-approvals.ts';
export { presentJob, type ConnectUrl, type JobParts } from './present/present-job.ts';
export {
  presentCommittedSteps,
  presentCurrentTurn,
  presentSteps,
} from './present/present-steps.ts';
export type {
  DeliveryStore,
  DeliveryWrite,
  NewDelivery,
  WebhookClient,
  WebhookOutcome,
  WebhookRequestToSend,
  WebhookSecrets,
} from './webhook-ports.ts';
export { overdueWakes } from './decisions/delivery-wakes.ts';
export { webhookTarget } from './decisions/webhook-events.ts';
export { defaultWebhookRules, type WebhookRules } from './decisions/webhook-schedule.ts';
export {
  replay,
  reportAttempt,
  takeDelivery,
  type ClaimedDelivery,
  type ReplayOutcome,
} from './lifecycle/deliver.ts';
export { tenantDeliveries, type TenantEvent } from './lifecycle/event-deliveries.ts';
export { connectUrlOf, formatLinkToken } from './present/connect-url.ts';
export { deliveryStatus, presentDelivery } from './present/present-delivery.ts';
export type { ScheduleStore, ScheduleWrite, Timer, TimerQueue } from './schedule-ports.ts';
export { type NewSchedule, type ScheduleChange } from './decisions/schedule-changes.ts';
export { slotOfLine } from './decisions/schedule-firing.ts';
export { nextSlot, upcomingSlots } from './decisions/schedule-slots.ts';
export { nextOfTimer, timerOf } from './decisions/schedule-timer.ts';
export { timingProblem, type TimingProblem } from './decisions/schedule-timing.ts';
export { scheduleWake } from './decisions/schedule-wakes.ts';
export {
  fireSchedule,
  triggerSchedule,
  type Fired,
  type TriggerOutcome,
} from './lifecycle/fire-schedule.ts';
export { setTimerOf } from './lifecycle/set-timers.ts';
export { createSchedule, deleteSchedule, updateSchedule } from './lifecycle/keep-schedule.ts';
export { presentSchedule, type ScheduleParts } from './present/present-schedule.ts';
export type {
  AdmissionBound,
  AdmissionBounds,
  JobCounts,
  LimitStore,
  Owner,
  Spending,
  StoredLimits,
} from './limit-ports.ts';
export { stopTurn } from './decisions/stop-turn.ts';
export { allowedLimits, limitsInForce, type LimitReached } from './decisions/tenant-limits.ts';
export { budgetLeft, roomForJob, type BudgetLeft, type Room } from './lifecycle/check-limits.ts';
export { nextFreeModel, pauseEnd, pauseTurn } from './decisions/provider-pause.ts';
export { takeClaim, type ClaimOutcome } from './lifecycle/places.ts';
export { awaitedPlace } from './decisions/place.ts';
