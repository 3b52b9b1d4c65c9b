import type { Schedule } from '@pawl/client';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useDeferredValue, useState } from 'react';
import { client } from '../../api/client.ts';
import { FormDialog } from '../../components/form-dialog.tsx';
import { bodyOf, type JobDraft, jobPaths } from '../../components/job-draft.ts';
import { JobFields } from '../../components/job-fields.tsx';
import { ChoiceField, TextField } from '../../components/text-field.tsx';
import { say } from '../../components/toast.tsx';
import { type Form, useForm } from '../../components/use-form.ts';
import { NextRuns } from './next-runs.tsx';
import { type ScheduleDraft, scheduleDraftOf, timingOf, units } from './schedule-draft.ts';
import { timingWords } from './timing-words.ts';

const paths = [
  'cron',
  'timezone',
  'every_seconds',
  'start_at',
  'end_at',
  'overlap',
  ...jobPaths('job.'),
];

/** Makes a schedule, or changes one. */
export function ScheduleForm({
  schedule,
  onClose,
}: {
  readonly schedule?: Schedule;
  readonly onClose: () => void;
}) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [draft, setDraft] = useState(() => scheduleDraftOf(schedule));
  const form = useForm(paths);
  const set = (changes: Partial<ScheduleDraft>) => setDraft({ ...draft, ...changes });
  const setJob = (changes: Partial<JobDraft>) => set({ job: { ...draft.job, ...changes } });
  const save = async () => {
    const timing = timingOf(draft);
    const body = { ...timing, overlap: draft.overlap, job: bodyOf(draft.job, 'job.') };
    if (schedule === undefined) {
      const made = await client.schedules.create(body);
      say('The schedule is made.');
      void navigate({ to: '/schedules/$id', params: { id: made.id } });
    } else {
      const { start_at: startAt = null, end_at: endAt = null } = timing;
      await client.schedules.update(schedule.id, { ...body, start_at: startAt, end_at: endAt });
      say('The schedule is changed.');
    }
    onClose();
    await queries.invalidateQueries({ queryKey: ['schedules'] });
  };
  return (
    <FormDialog
      open
      onOpenChange={onClose}
      title={schedule === undefined ? 'New schedule' : 'Change the schedule'}
      action={schedule === undefined ? 'Make the schedule' : 'Save'}
      form={form}
      onSubmit={save}
    >
      <TextField
        label="Prompt"
        rows={3}
        value={draft.job.prompt}
        onChange={(prompt) => setJob({ prompt })}
        problem={form.problemOf('job.prompt')}
        isFocused
      />
      <div className="pair">
        <div className="stack">
          <Timing draft={draft} set={set} form={form} />
        </div>
        <Preview draft={draft} />
      </div>
      <JobFields
        draft={draft.job}
        set={setJob}
        problemOf={(path) => form.problemOf(`job.${path}`)}
        hasConversation
      />
    </FormDialog>
  );
}

function Timing({
  draft,
  set,
  form: { problemOf },
}: {
  readonly draft: ScheduleDraft;
  readonly set: (changes: Partial<ScheduleDraft>) => void;
  readonly form: Form;
}) {
  return (
    <>
      <ChoiceField
        label="Runs"
        value={draft.kind}
        onChange={(kind) => set({ kind: kind === 'every' ? 'every' : 'cron' })}
        choices={[
          ['cron', 'By the calendar (cron)'],
          ['every', 'Every so often'],
        ]}
      />
      {draft.kind === 'cron' ? (
        <div className="pair">
          <TextField
            label="Cron"
            isCode
            hint="Minute, hour, day, month, weekday"
            value={draft.cron}
            onChange={(cron) => set({ cron })}
            problem={problemOf('cron')}
          />
          <TextField
            label="Time zone"
            choices={Intl.supportedValuesOf('timeZone')}
            value={draft.timezone}
            onChange={(timezone) => set({ timezone })}
            problem={problemOf('timezone')}
          />
        </div>
      ) : (
        <div className="pair">
          <TextField
            label="Every"
            type="number"
            value={draft.count}
            onChange={(count) => set({ count })}
            problem={problemOf('every_seconds')}
          />
          <ChoiceField
            label="Unit"
            value={draft.unit}
            onChange={(unit) => set({ unit })}
            choices={units}
          />
        </div>
      )}
      <div className="pair">
        <TextField
          label="From"
          type="datetime-local"
          hint="Empty: at once"
          value={draft.startAt}
          onChange={(startAt) => set({ startAt })}
          problem={problemOf('start_at')}
        />
        <TextField
          label="Until"
          type="datetime-local"
          hint="Empty: for good"
          value={draft.endAt}
          onChange={(endAt) => set({ endAt })}
          problem={problemOf('end_at')}
        />
      </div>
      <ChoiceField
        label="While the last job goes on"
        value={draft.overlap}
        onChange={(overlap) => set({ overlap: overlap as Schedule['overlap'] })}
        choices={[
          ['skip', 'Skip the run'],
          ['queue', 'Let the run wait'],
          ['allow', 'Run both'],
        ]}
        problem={problemOf('overlap')}
      />
    </>
  );
}

/** When it would run: in words, and the next five times. */
function Preview({ draft }: { readonly draft: ScheduleDraft }) {
  const timing = useDeferredValue(readTiming(draft));
  return (
    <section className="card" aria-label="When it would run">
      <div className="body stack tight" role="status">
        {typeof timing === 'string' ? (
          <p className="muted">{timing}</p>
        ) : (
          <>
            <strong>{timingWords(timing)}</strong>
            <NextRuns timing={timing} />
          </>
        )}
      </div>
    </section>
  );
}

function readTiming(draft: ScheduleDraft) {
  try {
    return timingOf(draft);
  } catch {
    return 'Say when it runs, and the next times are shown here.';
  }
}
