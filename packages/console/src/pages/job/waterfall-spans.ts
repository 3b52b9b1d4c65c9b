import type { Job, JobStep } from '@pawl/client';
import type { LoggedEvent } from './use-job-events.ts';

type SegmentKind = 'queued' | 'person' | 'model' | 'tool' | 'failed' | 'crashed' | 'back_off';

/** A stretch of time. */
export interface Segment {
  readonly kind: SegmentKind;
  readonly from: number;
  /** Undefined: it goes on. */
  readonly to: number | undefined;
  /** What it was, in words. */
  readonly label: string;
}

/** A line of the waterfall. */
export interface Span {
  readonly key: string;
  readonly kind: 'job' | 'turn' | 'call';
  readonly title: string;
  readonly detail: string;
  readonly status: string;
  /** `t0` or `t0c1`: names the step in the address of the page. */
  readonly step: string | undefined;
  readonly segments: readonly Segment[];
}

export function stepKey(step: Pick<JobStep, 'turn'> & { readonly index?: number }): string {
  return step.index === undefined ? `t${step.turn}` : `t${step.turn}c${step.index}`;
}

/** What happened when: waiting, every turn, every call, each with its attempts. */
export function spansOf(
  job: Job,
  steps: readonly JobStep[],
  events: readonly LoggedEvent[],
): readonly Span[] {
  return [waitingSpan(job, events), ...steps.map((step) => stepSpan(step, events))].filter(
    ({ segments }) => segments.length > 0,
  );
}

/** The time in which nobody worked: in the queue, and for a person. */
function waitingSpan(job: Job, events: readonly LoggedEvent[]): Span {
  const segments: Segment[] = [
    {
      kind: 'queued',
      from: Date.parse(job.created_at),
      to: endOf(job.started_at ?? job.finished_at),
      label: 'In the queue',
    },
  ];
  let open: LoggedEvent | undefined;
  for (const event of events) {
    if (event.type === 'job.requires_action') open ??= event;
    else if (open !== undefined && /^job\.|\.started$/.test(event.type)) {
      segments.push(personSegment(open, Date.parse(event.created_at)));
      open = undefined;
    }
  }
  if (open !== undefined) segments.push(personSegment(open, endOf(job.finished_at)));
  return {
    key: 'waiting',
    kind: 'job',
    title: 'Waiting',
    detail: segments.length > 1 ? 'in the queue, and for a person' : 'in the queue',
    status: 'waiting',
    step: undefined,
    segments,
  };
}

const actions: Readonly<Record<string, string>> = {
  connect_account: 'A person has to connect an account',
  approve_tool_calls: 'A person has to approve',
  resolve_tool_outcome: 'A person has to say what came of a call',
};

function personSegment(event: LoggedEvent, to: number | undefined): Segment {
  return {
    kind: 'person',
    from: Date.parse(event.created_at),
    to,
    label: actions[event.action ?? ''] ?? 'Waiting for a person',
  };
}

function stepSpan(step: JobStep, events: readonly LoggedEvent[]): Span {
  const isTurn = step.type === 'turn';
  const kind = isTurn ? 'model' : 'tool';
  return {
    key: stepKey(step),
    kind: isTurn ? 'turn' : 'call',
    title: isTurn ? `Turn ${step.turn + 1}` : step.tool,
    detail: isTurn ? (step.model ?? '') : step.connection,
    status: step.status,
    step: stepKey(step),
    segments: attemptSegments(step, kind, events),
  };
}

function attemptSegments(
  step: JobStep,
  kind: 'model' | 'tool',
  events: readonly LoggedEvent[],
): Segment[] {
  const own = events.filter(
    (event) =>
      event.turn === step.turn &&
      (step.type === 'turn' ? event.type.startsWith('turn.') : event.index === step.index),
  );
  const starts = own.filter(({ type }) => type.endsWith('.started'));
  const finish = endOf(step.finished_at);
  if (starts.length === 0) {
    if (step.started_at === null) return [];
    const from = Date.parse(step.started_at);
    return [{ kind, from, to: finish, label: 'Attempt 1' }];
  }
  return starts.flatMap((start, place): Segment[] => {
    const from = Date.parse(start.created_at);
    const next = starts[place + 1];
    const label = `Attempt ${start.attempt ?? place + 1}`;
    const until = next === undefined ? undefined : Date.parse(next.created_at);
    const failure = own.find(
      ({ id, type }) =>
        type.endsWith('.attempt_failed') && id > start.id && (next === undefined || id < next.id),
    );
    if (failure !== undefined) {
      const at = Date.parse(failure.created_at);
      return [
        { kind: 'failed', from, to: at, label: `${label} failed: ${failure.code ?? ''}` },
        {
          kind: 'back_off',
          from: at,
          to: until ?? endOf(failure.retry_at ?? null),
          label: 'Waiting before the next attempt',
        },
      ];
    }
    // It was given back, since a person has to do something first: no attempt was used up.
    const pause = events.find(
      ({ id, type }) =>
        type === 'job.requires_action' && id > start.id && (next === undefined || id < next.id),
    );
    if (pause !== undefined && (next === undefined || next.attempt === start.attempt)) {
      return [{ kind, from, to: Date.parse(pause.created_at), label }];
    }
    if (until !== undefined) {
      return [{ kind: 'crashed', from, to: until, label: `${label} was broken off` }];
    }
    const isBad = ['failed', 'refused', 'unknown'].includes(step.status);
    const hasEnded = !['running', 'awaiting_result', 'checking', 'ready'].includes(step.status);
    const to = finish ?? (hasEnded ? lastOf(own, from) : undefined);
    return [{ kind: isBad ? 'failed' : kind, from, to, label }];
  });
}

function lastOf(events: readonly LoggedEvent[], from: number): number {
  return events.reduce((latest, { created_at: at }) => Math.max(latest, Date.parse(at)), from);
}

function endOf(at: string | null): number | undefined {
  return at === null ? undefined : Date.parse(at);
}
