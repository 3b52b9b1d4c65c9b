export {
  ConversationId,
  JobId,
  newId,
  newSecret,
  formatId,
  shardOfId,
  type IdKind,
} from './ids.ts';
export {
  Approval,
  ApprovalDecision,
  ApprovalId,
  ApprovalList,
  formatApprovalId,
  parseApprovalId,
  type ApprovalTarget,
} from './approval.ts';
export { Json, JsonObject } from './json.ts';
export {
  AdmittedRequest,
  ConnectionName,
  JobRequest,
  Limits,
  ModelName,
  RetryRequest,
  UnknownOutcomePolicy,
  User,
  type JobRequestInput,
} from './job-request.ts';
export {
  ActivePhase,
  CallStep,
  CancelSource,
  ConversationState,
  Ending,
  Failure,
  JobState,
  StopReason,
  ToolCall,
  ToolEffect,
  TurnStep,
  Usage,
  type Blocked,
  type EndedPhase,
  type Ready,
  type Running,
} from './job-state.ts';
export {
  CallRecord,
  DecisionRecord,
  LateOutcome,
  OutcomeRecord,
  StepRecord,
  TurnRecord,
} from './job-step.ts';
export {
  ConversationMessage,
  ConversationMessageList,
  Job,
  JobList,
  JobStatus,
  JobStep,
  JobStepList,
  type RequiredAction,
} from './job-resource.ts';
export { JobEvent } from './events.ts';
export { Task, ToolCallTask, TurnTask } from './tasks.ts';
export { Problem, problems, type ProblemCode } from './problem.ts';
