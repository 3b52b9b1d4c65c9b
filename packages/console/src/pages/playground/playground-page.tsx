import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { type FormEvent, useMemo, useState } from 'react';
import { createJob, jobQuery, stepsQuery } from '../../api/jobs.ts';
import { Field } from '../../components/field.tsx';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { Empty, Loaded } from '../../components/states.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { sayError } from '../../components/toast.tsx';
import { useMay } from '../../session/session.tsx';
import { Chat } from '../job/chat.tsx';
import { useJobEvents } from '../job/use-job-events.ts';
import { CodeDialog } from './code-dialog.tsx';
import { draftOf, type PlaygroundDraft, requestOf } from './playground-draft.ts';
import { PlaygroundSettings } from './playground-settings.tsx';
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
  if (job === undefined) return <Bench initial={draftOf(undefined, agent)} />;
  return <Loaded query={query}>{(before) => <Bench initial={draftOf(before, agent)} />}</Loaded>;
}

function Bench({ initial }: { readonly initial: PlaygroundDraft }) {
  const [draft, setDraft] = useState(initial);
  const [job, setJob] = useState<string>();
  const [isSending, setSending] = useState(false);
  const [shown, setShown] = useState<'code' | 'save'>();
  const set = (changes: Partial<PlaygroundDraft>) => setDraft({ ...draft, ...changes });
  const request = useMemo(() => requestOf(draft), [draft]);
  const send = (event: FormEvent) => {
    event.preventDefault();
    setSending(true);
    createJob(request)
      .then((made) => setJob(made.id), sayError)
      .finally(() => setSending(false));
  };
  return (
    <Page
      title="Playground"
      isFull
      actions={
        <>
          <button type="button" className="button" onClick={() => setShown('code')}>
            <Icon name="code" /> Copy as code
          </button>
          <button type="button" className="button" onClick={() => setShown('save')}>
            <Icon name="agent" /> Save as agent
          </button>
        </>
      }
    >
      <div className={styles['bench']}>
        <form className={styles['form']} onSubmit={send}>
          <PlaygroundSettings draft={draft} set={set} />
          <Field label="Prompt">
            {(parts) => (
              <textarea
                {...parts}
                className="input"
                rows={5}
                dir="auto"
                value={draft.prompt}
                onChange={(event) => set({ prompt: event.target.value })}
                onKeyDown={(event) => {
                  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
                    event.currentTarget.form?.requestSubmit();
                  }
                }}
              />
            )}
          </Field>
          <div className="row end">
            <button
              type="submit"
              className="button primary"
              disabled={isSending || draft.prompt.trim() === ''}
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
      <CodeDialog
        open={shown === 'code'}
        onOpenChange={() => setShown(undefined)}
        request={request}
      />
      <SaveDialog
        open={shown === 'save'}
        onOpenChange={() => setShown(undefined)}
        request={request}
      />
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
