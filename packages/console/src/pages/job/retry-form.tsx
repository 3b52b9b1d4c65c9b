import type { Job } from '@pawl/client';
import { useState } from 'react';
import { client } from '../../api/client.ts';
import { FormDialog } from '../../components/form-dialog.tsx';
import { limitLabels } from '../../components/job-fields.tsx';
import { type LimitName, limitNames } from '../../components/job-draft.ts';
import { TextField } from '../../components/text-field.tsx';
import { FieldError, useForm } from '../../components/use-form.ts';

/** The limit that has stopped a job; undefined where it was none. */
export function limitThatStopped({ status, stop_reason: reason }: Job): LimitName | undefined {
  return status === 'incomplete' ? limitNames.find((name) => name === reason) : undefined;
}

/** Lets a job go on that a limit has stopped: with a higher one. */
export function RetryForm({
  job,
  limit,
  onClose,
  onRetried,
}: {
  readonly job: Job;
  readonly limit: LimitName;
  readonly onClose: () => void;
  readonly onRetried: () => void;
}) {
  const before = job.limits[limit] ?? 0;
  const [value, setValue] = useState(String(before * 2));
  const form = useForm([`limits.${limit}`]);
  const retry = async () => {
    const next = Number(value);
    if (!(next > before)) throw new FieldError(`limits.${limit}`, `must be more than ${before}`);
    await client.jobs.retry(job.id, { limits: { [limit]: next } });
    onClose();
    onRetried();
  };
  return (
    <FormDialog
      open
      onOpenChange={onClose}
      title="Retry with a higher limit"
      action="Retry the job"
      form={form}
      onSubmit={retry}
    >
      <p className="soft">The job has used up this limit. What is done stays done.</p>
      <TextField
        label={limitLabels[limit]}
        type="number"
        hint={`So far ${before}`}
        value={value}
        onChange={setValue}
        problem={form.problemOf(`limits.${limit}`)}
        isFocused
      />
    </FormDialog>
  );
}
