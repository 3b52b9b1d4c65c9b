import type { JobRequest } from '@pawl/client';
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { createJob, jobQuery, stepsQuery } from '../../api/jobs.ts';
import { Icon } from '../../components/icon.tsx';
import { bodyOf, draftOf, type JobDraft, jobPaths } from '../../components/job-draft.ts';
import { JobFields } from '../../components/job-fields.tsx';
import { Page } from '../../components/page.tsx';
import { Empty, Loaded } from '../../components/states.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { TextField } from '../../components/text-field.tsx';
import { sayError } from '../../components/toast.tsx';
import { useForm } from '../../components/use-form.ts';
import { useMay } from '../../session/session.tsx';
import { Chat } from '../job/chat.tsx';
import { useJobEvents } from '../job/use-job-events.ts';
import { CodeDialog } from './code-dialog.tsx';
import { draftOfJob, missingOf } from './draft-of-job.ts';
import styles from './playground-page.module.css';
import { SaveDialog } from './save-dialog.tsx';

/** Tries a prompt with an agent, or with one that is being written. */
export function PlaygroundPage() {
  const search = useSearch({ from: '/playground' });
  const mayWrite = useMay('jobs:write');
  if (!mayWrite) {
    return (
      <Page title="Playground">
        <Empty icon="play" title="Your key may not post jobs">
          <p>
            It lacks the scope <code>jobs:write</code>.
          </p>
        </Empty>
      </Page>
    );
  }
  return <Playground key={JSON.stringify(search)} job={search.job} agent={search.agent} />;
}

/** With a job's id, what is known of that job is filled in once it is read. */
function Playground({
  job,
  agent,
}: {
  readonly job: string | undefined;
  readonly agent: string | undefined;
}) {
  const query = useQuery({ ...jobQuery(job ?? ''), enabled: job !== undefined });
  if (job === undefined) {
    return <Bench initial={draftOf(agent === undefined ? {} : { agent })} />;
  }
  return (
    <Loaded query={query}>
      {(before) => <Bench initial={draftOfJob(before, agent)} missing={missingOf(before)} />}
    </Loaded>
  );
}

function Bench({ initial, missing }: { readonly initial: JobDraft; readonly missing?: string }) {
  const [draft, setDraft] = useState(initial);
  const [job, setJob] = useState<string>();
  const [shown, setShown] = useState<['code' | 'save', JobRequest]>();
  const form = useForm(jobPaths());
  const set = (changes: Partial<JobDraft>) => setDraft({ ...draft, ...changes });
  const send = (event: FormEvent) => {
    event.preventDefault();
    form.submit(async () => setJob((await createJob(bodyOf(draft))).id));
  };
  const show = (what: 'code' | 'save') => {
    try {
      setShown([what, bodyOf(draft)]);
    } catch (error) {
      sayError(error);
    }
  };
  return (
    <Page
      title="Playground"
      isFull
      actions={
        <>
          <button type="button" className="button" onClick={() => show('code')}>
            <Icon name="code" /> Copy as code
          </button>
          <button type="button" className="button" onClick={() => show('save')}>
            <Icon name="agent" /> Save as agent
          </button>
        </>
      }
    >
      <div className={styles['bench']}>
        <form className={styles['form']} onSubmit={send}>
          {missing !== undefined && (
            <p className="notice">
              <Icon name="info" />
              <span>{missing}</span>
            </p>
          )}
          <JobFields draft={draft} set={set} problemOf={form.problemOf} hasConversation />
          <TextField
            label="Prompt"
            rows={5}
            value={draft.prompt}
            onChange={(prompt) => set({ prompt })}
            problem={form.problemOf('prompt')}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
                event.currentTarget.form?.requestSubmit();
              }
            }}
          />
          {form.others.length > 0 && (
            <p className="notice red" role="alert">
              {form.others.join(' ')}
            </p>
          )}
          <div className="row end">
            <button
              type="submit"
              className="button primary"
              disabled={form.isSending || draft.prompt.trim() === ''}
            >
              <Icon name="play" /> Run
            </button>
          </div>
        </form>
        <section className={styles['result']} aria-label="What comes of it">
          {job === undefined ? (
            <Empty icon="play" title="Write a prompt and run it">
              <p>What the agent says and does shows up here as it happens.</p>
            </Empty>
          ) : (
            <Result key={job} id={job} />
          )}
        </section>
      </div>
      {shown?.[0] === 'code' && (
        <CodeDialog open onOpenChange={() => setShown(undefined)} request={shown[1]} />
      )}
      {shown?.[0] === 'save' && (
        <SaveDialog open onOpenChange={() => setShown(undefined)} request={shown[1]} />
      )}
    </Page>
  );
}

function Result({ id }: { readonly id: string }) {
  const job = useQuery(jobQuery(id));
  const steps = useQuery(stepsQuery(id));
  const { streamed } = useJobEvents(id, 0);
  return (
    <Loaded query={job}>
      {(data) => (
        <div className="stack">
          <div className="row">
            <StatusBadge status={data.status} />
            <span className="grow" />
            <Link to="/jobs/$id" params={{ id }} className="button small">
              Open the job
            </Link>
          </div>
          {data.required_action?.type === 'connect_account' && (
            <p className="notice amber">
              <Icon name="link" />
              <span className="grow">
                The user has to connect <strong>{data.required_action.connection}</strong>.
              </span>
              <a
                className="button small"
                href={data.required_action.url}
                target="_blank"
                rel="noreferrer"
              >
                Open the link
              </a>
            </p>
          )}
          {data.status === 'requires_action' &&
            data.required_action?.type !== 'connect_account' && (
              <p className="notice amber">
                <Icon name="inbox" />
                <span className="grow">A person has to decide.</span>
                <Link to="/inbox" className="button small">
                  Inbox
                </Link>
              </p>
            )}
          <Chat
            job={data}
            steps={steps.data?.steps ?? []}
            streamed={streamed}
            selected={undefined}
            linkOf={(step) => `jobs/${id}?step=${step}`}
          />
        </div>
      )}
    </Loaded>
  );
}
