import type {
  EventSubject,
  Job,
  JobSnapshot,
  JobState,
  StreamEnded,
  StreamOpened,
  StreamTrimmed,
  TurnDelta,
  TurnDiscarded,
} from '@pawl/contracts';
import type { NumberedEvent } from '@pawl/store';

/** What a server-sent event carries as JSON: its `type` is also the event's name. */
interface EventData {
  readonly type: string;
}

type StreamData = StreamEnded | StreamOpened | StreamTrimmed | TurnDelta | TurnDiscarded;

/** A server-sent event as text. `id` is where a client goes on that is cut off after it. */
function frame(data: EventData, id?: string | number): string {
  const head = id === undefined ? '' : `id: ${id}\n`;
  return `${head}event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** One event of a job; `place` is its place in the stream: in the job's own its number. */
export function eventFrame(
  subject: EventSubject,
  { id, event }: NumberedEvent,
  place: string | number = id,
): string {
  const { type, at, ...details } = event;
  const { job, user, conversation, schedule, agent } = subject;
  const created_at = new Date(at).toISOString();
  const about = { job, user, conversation, schedule, agent, created_at };
  const data = { id, object: 'event', type, ...about, ...details };
  return frame(data, place);
}

export function subjectOf({ id, user, conversation, schedule, agent }: JobState): EventSubject {
  return {
    job: id,
    user,
    conversation,
    schedule: schedule ?? null,
    agent: agent?.name ?? null,
  };
}

/** @param id of the last event that is missing before those which follow */
export function snapshotFrame(
  job: JobState,
  { data: shown, id, now }: { readonly data: Job; readonly id: number; readonly now: number },
): string {
  const data: JobSnapshot = {
    id,
    object: 'event',
    type: 'job.snapshot',
    ...subjectOf(job),
    created_at: new Date(now).toISOString(),
    data: shown,
  };
  return frame(data, id);
}

export function streamFrame(data: StreamData, id?: string): string {
  return frame(data, id);
}
