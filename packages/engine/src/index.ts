export {
  isDamagedRecord,
  NewerRecordError,
  StoredDataError,
  unlessUnreadable,
} from './domain/stored-records.ts';
export { defaultRules, type Rules } from './domain/rules.ts';
export type { AccountAuthorizer, ModelClient, Store, TaskQueue, ToolClient } from './ports.ts';
export type {
  ModelFailure,
  ModelOutcome,
  ModelReply,
  ModelRequest,
  ReplyUsage,
} from './domain/model.ts';
export type {
  Account,
  Lookup,
  LookupFailure,
  OfferedTool,
  Tool,
  ToolInvocation,
  ToolOutcome,
} from './domain/tool.ts';
export type {
  HashFields,
  NextTask,
  Share,
  TaskChanges,
  TaskLock,
  TaskStart,
  Wake,
  Woken,
} from './domain/task.ts';
export type {
  Commit,
  CommitAnswer,
  ConversationWrite,
  IdempotencyRecord,
  IdempotencyWrite,
  JobTransition,
  LateWrite,
} from './domain/commit.ts';
export type { JobResult } from './domain/job.ts';
export { blockTurn, postponeAccountCheck, resumeAccount } from './account/account.ts';
export {
  noWaitingJobs,
  type Conversation,
  type WaitingJobs,
  type WaitingJobsChange,
} from './domain/conversation.ts';
export { claimCall, type CallClaim } from './tool-call/claim.ts';
export { claimTurn, type TurnClaim } from './turn/claim.ts';
export { endpointTool, type EndpointTool } from './tool/offer.ts';
export { inexactNumber } from './turn/json-text.ts';
export { failTurn } from './turn/fail.ts';
export { lengthOf, messagesOf, recentJobs } from './turn/history.ts';
export { type JobHistory } from './domain/job.ts';
export { type GuardedState, isOneCrashFromLimit, triesOf, unguarded } from './job/steps.ts';
export { outputCap } from './job/limits.ts';
export { promptText, shownParts, withoutData } from './turn/prompt-content.ts';
export { budgetOf, type SentMessages } from './turn/messages.ts';
export { modelMessages } from './turn/messages.ts';
export { wellFormed, wellFormedText } from './turn/json-text.ts';
export { nameTools, offerTools } from './tool/offer.ts';
export { takeResult } from './tool-call/finish.ts';
export { answerAtOnce } from './tool-call/answer-at-once.ts';
export {
  answerReadToolResult,
  readToolResult,
  resultAskedFor,
  cutResults,
  type CutHistory,
} from './tool/tool-result.ts';
export { answerFindTools, findTools, foundTools } from './tool/built-in.ts';
export {
  checkableCalls,
  prepareCalls,
  requestedCalls,
  type CheckableCall,
  type ToolSet,
} from './tool-call/prepare.ts';
export { recordOutcome } from './tool-call/record-outcome.ts';
export { countSuperseded, recordReply } from './turn/record-reply.ts';
export { finishReasonOf, meaningOf, notMadeBecause, saysSomething } from './turn/reply-meaning.ts';
export { checkAnswer } from './turn/response-format.ts';
export { isIn, type JobIn } from './domain/job.ts';
export { decideCall, hashOfCall } from './tool-call/approval.ts';
export { releaseTurn } from './turn/claim.ts';
export { asksPerson, awaitedConnections, requiredActionOf, statusOf } from './job/status.ts';
export { isStopped, stopName, stopOf } from './job/status.ts';
export { effectByName, effectOf } from './tool/effect.ts';
export { isAllowed, type ToolPolicy } from './tool/offer.ts';
export {
  dispatch,
  emptyPool,
  enterPool,
  leavePool,
  tryPool,
  type ShareOwner,
  type SharePool,
} from './share/pool.ts';
export { mayTakeShare, type Capacity } from './share/pool.ts';
export { runnableSince, spanIdOfJob, traceOfJob } from './job/trace.ts';
export { dueWakes, sweepTime, wakesOf } from './job/wakes.ts';
export { admit, type Admission, type AdmissionOutcome } from './job/admit.ts';
export type { UnderKey } from './job/admit.ts';
export { begin } from './job/admit.ts';
export { takeDecision, type DecisionOutcome } from './tool-call/commands.ts';
export { contextOf, type Engine } from './commit/engine.ts';
export type { ReservedNext, ReserveNext, StepClaim } from './commit/go-on.ts';
export { passOverUnreadable, releaseTimedOutClaims } from './conversation/commands.ts';
export { endUnreadableJob, reopenJob, type ReopenOutcome } from './job/commands.ts';
export { resumeJobs } from './account/account.ts';
export { cancelJob, expireJob } from './job/commands.ts';
export { applyTransition } from './commit/transition.ts';
export { instant } from './domain/instant.ts';
export { approvalViews, decidedApprovalView } from './tool-call/view.ts';
export { jobDetail, jobView } from './job/view.ts';
export { type Links, type JobParts } from './domain/job.ts';
export { presentCommittedSteps, presentCurrentTurn, stepViews } from './job/steps-view.ts';
export type { DeliveryStore, WebhookClient, WebhookSecrets } from './ports.ts';
export type {
  DeliveryWrite,
  NewDelivery,
  WebhookOutcome,
  WebhookRequestToSend,
} from './domain/webhook.ts';
export { overdueWakes } from './webhook/delivery.ts';
export { webhookTarget } from './webhook/events.ts';
export { defaultWebhookRules, type WebhookRules } from './domain/rules.ts';
export {
  replay,
  reportAttempt,
  takeDelivery,
  type ClaimedDelivery,
  type ReplayOutcome,
} from './webhook/commands.ts';
export { tenantDeliveries, type TenantEvent } from './webhook/event-deliveries.ts';
export { linksOf, formatLinkToken } from './job/view.ts';
export { deliveryStatus, deliveryView } from './webhook/view.ts';
export type { ScheduleStore, TimerQueue } from './ports.ts';
export type { ScheduleWrite, Timer } from './domain/commit.ts';
export { type NewSchedule, type ScheduleChange } from './schedule/transitions.ts';
export { nextWaitingSlot } from './schedule/firing.ts';
export { nextSlot, upcomingSlots } from './schedule/slots.ts';
export { nextOfTimer, timerOf } from './schedule/timer.ts';
export { timingProblem, type TimingProblem } from './schedule/timing.ts';
export { scheduleWake } from './schedule/timer.ts';
export { fireSchedule, triggerSchedule, type Fired, type TriggerOutcome } from './schedule/fire.ts';
export { setTimerOf } from './schedule/timer.ts';
export { createSchedule, deleteSchedule, updateSchedule } from './schedule/commands.ts';
export { unmetCondition } from './trigger/filter.ts';
export { renderKey, renderPrompt } from './trigger/prompt.ts';
export { parseTemplate, type Rendered, type TriggerInput } from './trigger/template.ts';
export { agentView } from './agent/view.ts';
export { resolveRequest, unknownOutcomePolicy } from './agent/resolve.ts';
export type { RequestDefaults, ResolvedRequest } from './agent/resolve.ts';
export { recordLookup, type LookupClaim, type LookupVerdict } from './tool-call/lookup.ts';
export { lookUp, proofIn, type OutcomeCheck } from './tool/outcome-check.ts';
export { scheduleView, type ScheduleParts } from './schedule/view.ts';
export type { LimitStore } from './ports.ts';
export type {
  AdmissionBound,
  AdmissionBounds,
  JobCounts,
  Owner,
  Spending,
  StoredLimits,
} from './domain/tenant.ts';
export { stopTurn } from './turn/claim.ts';
export { allowedLimits, limitsInForce, type LimitReached } from './tenant/limits.ts';
export { budgetLeft, roomForJob, type BudgetLeft, type Room } from './tenant/commands.ts';
export { nextFreeModel, pauseEnd, pauseTurn } from './turn/provider-pause.ts';
export { takeClaim, type ClaimOutcome } from './turn/take-claim.ts';
export { awaitedPlace } from './tenant/places.ts';
