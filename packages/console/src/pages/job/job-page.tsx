import { type Job, PawlApiError } from '@pawl/client';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useRouter, useSearch } from '@tanstack/react-router';
import { Tabs } from 'radix-ui';
import { useMemo, useState } from 'react';
import { deliveryPages } from '../../api/deliveries.ts';
import { jobQuery, stepsQuery } from '../../api/jobs.ts';
import { usePages } from '../../api/pages.ts';
import { DeliveryList } from '../../components/delivery-list.tsx';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { Empty, Failed, Loaded, Loading } from '../../components/states.tsx';
import { ShowMore } from '../../components/show-more.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { oneLine } from '../../text/plain-text.ts';
import { Chat } from './chat.tsx';
import { JobActions } from './job-actions.tsx';
import { JobFacts } from './job-facts.tsx';
import { JobLog } from './job-log.tsx';
import styles from './job-page.module.css';
import { useJobEvents } from './use-job-events.ts';
import { spansOf } from './waterfall-spans.ts';
import { Waterfall } from './waterfall.tsx';

/** One job: what it did, does and may still do. */
export function JobPage() {
  const { id } = useParams({ from: '/jobs/$id' });
  // No event tells that a job was erased.
  const query = useQuery({ ...jobQuery(id), refetchInterval: 10_000 });
  const wasThere = query.data !== undefined;
  if (query.error instanceof PawlApiError && query.error.status === 404) {
    return (
      <Page title="Job">
        <Empty icon="trash" title={wasThere ? 'This job was erased' : 'There is no such job'}>
          <p>
            {wasThere
              ? 'Somebody has erased it, or it had ended so long ago that it is not kept any more.'
              : 'It may have been erased, or it belongs to somebody else.'}
          </p>
          <Link to="/jobs" className="button">
            All jobs
          </Link>
        </Empty>
      </Page>
    );
  }
  if (query.data !== undefined) return <ShownJob key={id} job={query.data} />;
  return (
    <Page title="Job">
      {query.error === null ? (
        <Loading lines={10} />
      ) : (
        <Failed error={query.error} retry={() => void query.refetch()} />
      )}
    </Page>
  );
}

const tabs = [
  ['conversation', 'Conversation'],
  ['events', 'Events'],
  ['webhooks', 'Webhooks'],
] as const;

function ShownJob({ job }: { readonly job: Job }) {
  const search = useSearch({ from: '/jobs/$id' });
  const navigate = useNavigate({ from: '/jobs/$id' });
  const router = useRouter();
  const [round, setRound] = useState(0);
  const steps = useQuery(stepsQuery(job.id));
  const { events, streamed, hasEnded } = useJobEvents(job.id, round);
  const tab = search.tab ?? 'conversation';
  const spans = useMemo(
    () => spansOf(job, steps.data?.steps ?? [], events),
    [job, steps.data, events],
  );
  const select = (step: string) =>
    void navigate({ search: { step }, replace: true, resetScroll: false });
  const linkOf = (step: string) =>
    router.buildLocation({ to: '/jobs/$id', params: { id: job.id }, search: { step } }).publicHref;
  return (
    <Page
      title={oneLine(job.prompt, 60)}
      heading={
        <div className="row">
          <Link to="/jobs" className="button quiet icon small" aria-label="All jobs">
            <Icon name="left" />
          </Link>
          <StatusBadge status={job.status} />
          <h1 className="truncate">
            <bdi>{oneLine(job.prompt, 200)}</bdi>
          </h1>
        </div>
      }
      actions={<JobActions job={job} onReopened={() => setRound(round + 1)} />}
    >
      <div className={styles['layout']}>
        <div className="stack">
          <ActionNeeded job={job} />
          <section className="card" aria-label="Waterfall">
            <Waterfall
              spans={spans}
              isRunning={job.finished_at === null}
              selected={search.step}
              onSelect={select}
            />
          </section>
          <Tabs.Root
            value={tab}
            onValueChange={(next) => void navigate({ search: { tab: next }, replace: true })}
          >
            <Tabs.List className="tabs" aria-label="More about the job">
              {tabs.map(([value, label]) => (
                <Tabs.Trigger key={value} value={value}>
                  {label}
                </Tabs.Trigger>
              ))}
            </Tabs.List>
            <Tabs.Content value="conversation" className={styles['tab']}>
              <Loaded query={steps}>
                {(data) => (
                  <>
                    <Chat
                      job={job}
                      steps={data.steps}
                      streamed={streamed}
                      selected={search.step}
                      linkOf={linkOf}
                    />
                    {data.isCut && (
                      <p className="notice">
                        The job has more steps than can be shown here: read them by the API.
                      </p>
                    )}
                  </>
                )}
              </Loaded>
            </Tabs.Content>
            <Tabs.Content value="events" className={styles['tab']}>
              <JobLog events={events} hasEnded={hasEnded} />
            </Tabs.Content>
            <Tabs.Content value="webhooks" className={styles['tab']}>
              <Deliveries job={job.id} />
            </Tabs.Content>
          </Tabs.Root>
        </div>
        <JobFacts job={job} />
      </div>
    </Page>
  );
}

function Deliveries({ job }: { readonly job: string }) {
  const deliveries = usePages(deliveryPages({ job }));
  return (
    <Loaded query={deliveries}>
      {(data) =>
        data.length === 0 ? (
          <Empty icon="send" title="No webhook was sent for this job">
            <p>It has no webhook, or nothing has happened yet that it is told.</p>
          </Empty>
        ) : (
          <>
            <DeliveryList deliveries={data} />
            <ShowMore pages={deliveries} />
          </>
        )
      }
    </Loaded>
  );
}

function ActionNeeded({ job: { required_action: action } }: { readonly job: Job }) {
  if (action === null) return null;
  if (action.type === 'connect_account') {
    return (
      <div className="notice amber">
        <Icon name="link" />
        <span className="grow">
          The job waits for an account: its user has to connect <strong>{action.connection}</strong>
          .
        </span>
        <a className="button small" href={action.url} target="_blank" rel="noreferrer">
          Open the link
        </a>
      </div>
    );
  }
  const count = action.approvals.length;
  return (
    <div className="notice amber">
      <Icon name="inbox" />
      <span className="grow">
        {action.type === 'approve_tool_calls'
          ? `${count === 1 ? 'A call waits' : `${count} calls wait`} for a person’s approval.`
          : `Nobody knows what came of ${count === 1 ? 'a call' : `${count} calls`}: a person has to say.`}
      </span>
      <Link to="/inbox" className="button small">
        Inbox
      </Link>
    </div>
  );
}
