import type { JobDetail } from '@pawl/client';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { client } from '../../api/client.ts';
import { Confirm } from '../../components/dialog.tsx';
import { Icon } from '../../components/icon.tsx';
import { Menu } from '../../components/menu.tsx';
import { say, sayError } from '../../components/toast.tsx';
import { useMay } from '../../session/session.tsx';
import { asCurl, requestOf } from './as-curl.ts';
import { limitThatStopped, RetryForm } from './retry-form.tsx';

const active = new Set(['queued', 'in_progress', 'requires_action']);
const retryable = new Set(['failed', 'incomplete', 'expired']);

/** What can be done with a job. */
export function JobActions({
  job,
  onReopened,
}: {
  readonly job: JobDetail;
  readonly onReopened: () => void;
}) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const mayWrite = useMay('jobs:write');
  const [asked, setAsked] = useState<'cancel' | 'erase' | 'limit'>();
  const limit = limitThatStopped(job);
  const isActive = active.has(job.status);
  const refresh = () => queries.invalidateQueries({ queryKey: ['job', job.id] });
  const retried = () => {
    say('The job goes on from the step that it had reached.');
    onReopened();
    void refresh();
  };
  const retry = () => {
    if (limit === undefined) client.jobs.retry(job.id).then(retried, sayError);
    else setAsked('limit');
  };
  const copyCurl = () => {
    navigator.clipboard.writeText(asCurl(requestOf(job))).then(
      () => say('Copied a curl command that posts this job again.'),
      () => sayError(new Error('The clipboard is not available.')),
    );
  };
  return (
    <>
      {mayWrite && isActive && (
        <button type="button" className="button" onClick={() => setAsked('cancel')}>
          <Icon name="stop" /> Cancel
        </button>
      )}
      {mayWrite && retryable.has(job.status) && (
        <button type="button" className="button" onClick={retry}>
          <Icon name="retry" /> Retry
        </button>
      )}
      <Menu
        label="More"
        items={[
          mayWrite && {
            label: 'Run again with changes',
            icon: 'edit',
            run: () => void navigate({ to: '/playground', search: { job: job.id } }),
          },
          {
            label: 'Go on in the conversation',
            icon: 'chat',
            run: () =>
              void navigate({ to: '/conversations/$id', params: { id: job.conversation } }),
          },
          { label: 'Copy as curl', icon: 'code', run: copyCurl },
          mayWrite && !isActive && { label: 'Erase', icon: 'trash', run: () => setAsked('erase') },
        ]}
      />
      {asked === 'limit' && limit !== undefined && (
        <RetryForm
          job={job}
          limit={limit}
          onClose={() => setAsked(undefined)}
          onRetried={retried}
        />
      )}
      <Confirm
        open={asked === 'cancel'}
        onOpenChange={() => setAsked(undefined)}
        title="Cancel this job?"
        description="It stops wherever it stands. A call that is being made may still have its effect."
        action="Cancel the job"
        isDangerous
        run={() =>
          client.jobs.cancel(job.id).then(() => {
            say('The job is cancelled.');
            return refresh();
          }, sayError)
        }
      />
      <Confirm
        open={asked === 'erase'}
        onOpenChange={() => setAsked(undefined)}
        title="Erase this job?"
        description="Its prompt, steps, result and events are deleted. That cannot be taken back."
        action="Erase the job"
        isDangerous
        run={() =>
          client.jobs.delete(job.id).then(() => {
            say('The job is erased.');
            return navigate({ to: '/jobs' });
          }, sayError)
        }
      />
    </>
  );
}
