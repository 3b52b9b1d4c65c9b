import type { Schedule, SchedulePreviewRequest } from '@pawl/client';
import { draftOf, type JobDraft } from '../../components/job-draft.ts';
import { FieldError } from '../../components/use-form.ts';

/** A schedule as a form has it. */
export interface ScheduleDraft {
  readonly kind: 'cron' | 'every';
  readonly cron: string;
  readonly timezone: string;
  readonly count: string;
  /** In seconds. */
  readonly unit: string;
  /** Local times, as `datetime-local` has them; empty: no bound. */
  readonly startAt: string;
  readonly endAt: string;
  readonly overlap: Schedule['overlap'];
  readonly job: JobDraft;
}

export const units = [
  ['1', 'seconds'],
  ['60', 'minutes'],
  ['3600', 'hours'],
  ['86400', 'days'],
] as const;

export function scheduleDraftOf(schedule?: Schedule): ScheduleDraft {
  const seconds = schedule?.every_seconds ?? 3_600;
  const unit = units.findLast(([size]) => seconds % Number(size) === 0)?.[0] ?? '1';
  return {
    kind: typeof schedule?.every_seconds === 'number' ? 'every' : 'cron',
    cron: schedule?.cron ?? (schedule === undefined ? '0 8 * * 1-5' : ''),
    timezone: schedule?.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    count: String(seconds / Number(unit)),
    unit,
    startAt: localTime(schedule?.start_at ?? null),
    endAt: localTime(schedule?.end_at ?? null),
    overlap: schedule?.overlap ?? 'skip',
    job: draftOf(schedule?.job),
  };
}

/**
 * When it runs, as the API takes it.
 *
 * @throws FieldError
 */
export function timingOf(draft: ScheduleDraft): SchedulePreviewRequest {
  const bounds = {
    ...(draft.startAt !== '' && { start_at: instantOf(draft.startAt, 'start_at') }),
    ...(draft.endAt !== '' && { end_at: instantOf(draft.endAt, 'end_at') }),
  };
  if (draft.kind === 'cron') {
    if (draft.cron.trim() === '') throw new FieldError('cron', 'is required');
    const timezone = draft.timezone.trim();
    return { cron: draft.cron.trim(), ...(timezone !== '' && { timezone }), ...bounds };
  }
  const seconds = Number(draft.count) * Number(draft.unit);
  if (!Number.isInteger(seconds) || seconds < 1) {
    throw new FieldError('every_seconds', 'must be a whole number of seconds');
  }
  return { every_seconds: seconds, ...bounds };
}

function instantOf(local: string, path: string): string {
  const time = Date.parse(local);
  if (Number.isNaN(time)) throw new FieldError(path, 'is no time');
  return new Date(time).toISOString();
}

/** `2026-11-27T08:00` in the reader's zone. */
function localTime(instant: string | null): string {
  if (instant === null) return '';
  const time = new Date(instant);
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
