import { useState } from 'react';
import { client } from '../../api/client.ts';
import { Confirm } from '../../components/dialog.tsx';
import { Icon } from '../../components/icon.tsx';
import { say, sayError } from '../../components/toast.tsx';
import styles from './bulk-actions.module.css';
import type { JobRow } from './job-row.ts';

const active = new Set(['queued', 'in_progress', 'requires_action']);
const retryable = new Set(['failed', 'incomplete', 'expired']);
/** Requests at a time. */
const parallel = 6;

const jobs = (count: number) => `${count} ${count === 1 ? 'job' : 'jobs'}`;

/** What can be done to all chosen jobs at once; asked for with their number before it is done. */
export function BulkActions({
  rows,
  onDone,
}: {
  readonly rows: readonly JobRow[];
  readonly onDone: () => void;
}) {
  const [asked, setAsked] = useState<'cancel' | 'retry'>();
  const toCancel = rows.filter(({ status }) => active.has(status));
  const toRetry = rows.filter(({ status }) => retryable.has(status));
  const run = async (chosen: readonly JobRow[], action: (id: string) => Promise<unknown>) => {
    const failures = await forEach(chosen, ({ id }) => action(id));
    if (failures.length > 0) {
      sayError(new Error(`${jobs(failures.length)} could not be changed: ${failures[0]?.message}`));
    }
    const done = chosen.length - failures.length;
    if (done > 0) say(`${asked === 'cancel' ? 'Cancelled' : 'Retried'} ${jobs(done)}.`);
    onDone();
  };
  return (
    <div className={styles['bar']} role="group" aria-label="What to do with the chosen jobs">
      <strong>{jobs(rows.length)} chosen</strong>
      <button
        type="button"
        className="button"
        disabled={toCancel.length === 0}
        onClick={() => setAsked('cancel')}
      >
        <Icon name="stop" /> Cancel {toCancel.length}
      </button>
      <button
        type="button"
        className="button"
        disabled={toRetry.length === 0}
        onClick={() => setAsked('retry')}
      >
        <Icon name="retry" /> Retry {toRetry.length}
      </button>
      <button type="button" className="button quiet" onClick={onDone}>
        Choose none
      </button>
      <Confirm
        open={asked === 'cancel'}
        onOpenChange={() => setAsked(undefined)}
        title={`Cancel ${jobs(toCancel.length)}?`}
        description="They stop wherever they stand. Calls that are being made may still have their effect."
        action={`Cancel ${jobs(toCancel.length)}`}
        isDangerous
        run={() => run(toCancel, (id) => client.jobs.cancel(id))}
      />
      <Confirm
        open={asked === 'retry'}
        onOpenChange={() => setAsked(undefined)}
        title={`Retry ${jobs(toRetry.length)}?`}
        description="Each goes on from the step that it had reached. What is done stays done."
        action={`Retry ${jobs(toRetry.length)}`}
        run={() => run(toRetry, (id) => client.jobs.retry(id))}
      />
    </div>
  );
}

async function forEach<Item>(
  items: readonly Item[],
  action: (item: Item) => Promise<unknown>,
): Promise<Error[]> {
  const failures: Error[] = [];
  const left = [...items];
  const work = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      await action(item).catch((error: unknown) => {
        failures.push(error instanceof Error ? error : new Error(String(error)));
      });
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return failures;
}
