import {
  type ConversationMessage,
  type Job,
  type JobDetail,
  type JsonObject,
  type Schedule,
  type ScheduleState,
  ShownContentPart,
  type StepRecord,
} from '@pawl/contracts';
import { z } from 'zod';
import {
  linksOf,
  type JobHistory,
  type JobParts,
  messagesOf,
  jobDetail,
  jobView,
  scheduleView,
  requestedCalls,
} from '@pawl/engine';
import type { Gateway } from './gateway.ts';

/** A job as this gateway shows it, with links that lead to it. */
export function viewOfJob({ publicUrl }: Pick<Gateway, 'publicUrl'>, parts: JobParts): Job {
  return jobView(parts, linksOf(publicUrl));
}

/** The same with what was asked for, where this job alone is shown. */
export function detailOfJob({ publicUrl }: Pick<Gateway, 'publicUrl'>, parts: JobParts): JobDetail {
  return jobDetail(parts, linksOf(publicUrl));
}

/** A schedule as this gateway shows it; undefined when it was deleted meanwhile. */
export async function viewOfSchedule(
  { engine: { store }, publicUrl }: Gateway,
  schedule: ScheduleState,
): Promise<Schedule | undefined> {
  const [job, last] = await Promise.all([
    store.readScheduledJob(schedule.id),
    schedule.lastJob === undefined ? undefined : store.readJobParts(schedule.lastJob),
  ]);
  if (job === undefined) return undefined;
  return scheduleView({ schedule, job, last }, linksOf(publicUrl));
}

export interface ShownMessages {
  readonly messages: ConversationMessage[];
  /** True: a call is open, and nothing from its answer on is shown. */
  readonly isCut: boolean;
}

/**
 * One job's messages as the API shows them. A running job's answers are shown up to the first call that is open, so
 * that later messages only follow, and the places that cursors name hold.
 */
export function viewOfMessages(history: JobHistory): ShownMessages {
  const steps = history.job.phase.name === 'ended' ? history.steps : untilOpenCall(history.steps);
  return {
    messages: messagesOf({ ...history, steps }).map((message) => show(history.job.id, message)),
    isCut: steps.length < history.steps.length,
  };
}

function untilOpenCall(steps: readonly StepRecord[]): StepRecord[] {
  const answered = new Set(
    steps.flatMap((step) => (step.kind === 'outcome' ? [`${step.turn} ${step.index}`] : [])),
  );
  const open = steps
    .filter((step) => step.kind === 'call')
    .filter(({ turn, index }) => !answered.has(`${turn} ${index}`));
  return steps.filter(
    (step) =>
      step.kind !== 'call' ||
      !open.some(({ turn, index }) => turn === step.turn && index <= step.index),
  );
}

function show(job: string, message: JsonObject): ConversationMessage {
  const { role, tool_call_id: callId, parts } = message;
  const calls = role === 'assistant' ? requestedCalls(message) : [];
  return {
    job,
    role: role === 'user' || role === 'tool' ? role : 'assistant',
    content: textOf(message['content']),
    ...(role === 'user' &&
      parts !== undefined && { parts: z.array(ShownContentPart).parse(parts) }),
    ...(calls.length > 0 && {
      tool_calls: calls.map(({ id, function: { name, arguments: input } }) => ({
        id,
        name,
        arguments: input,
      })),
    }),
    ...(typeof callId === 'string' && { tool_call_id: callId }),
  };
}

/** Some endpoints answer in parts: their texts are joined. */
function textOf(content: JsonObject[string] | undefined): string | null {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return null;
  const texts = content.flatMap((part) =>
    typeof part === 'object' && part !== null && 'text' in part && typeof part.text === 'string'
      ? [part.text]
      : [],
  );
  return texts.length === 0 ? null : texts.join('');
}
