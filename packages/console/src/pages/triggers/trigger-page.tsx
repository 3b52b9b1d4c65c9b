import type { Trigger, TriggerEvent } from '@pawl/client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { client } from '../../api/client.ts';
import { triggerEventPages, triggerQuery } from '../../api/definitions.ts';
import { usePages } from '../../api/pages.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { Confirm } from '../../components/dialog.tsx';
import { Icon } from '../../components/icon.tsx';
import { JsonView } from '../../components/json-view.tsx';
import { LongText } from '../../components/long-text.tsx';
import { Menu } from '../../components/menu.tsx';
import { Page } from '../../components/page.tsx';
import { ShowMore } from '../../components/show-more.tsx';
import { Empty, Loaded } from '../../components/states.tsx';
import { Dot } from '../../components/status-badge.tsx';
import { Time } from '../../components/time.tsx';
import { say, sayError } from '../../components/toast.tsx';
import { useMay } from '../../session/session.tsx';
import { oneLine } from '../../text/plain-text.ts';
import { MadeTriggerDialog } from './made-trigger.tsx';
import { type MadeTrigger, TriggerForm } from './trigger-form.tsx';
import { verifyLabel } from './trigger-secret.ts';
import { titleOfTrigger } from './triggers-page.tsx';
import styles from './trigger-page.module.css';

/** One trigger, and what came to it. */
export function TriggerPage() {
  const { id } = useParams({ from: '/triggers/$id' });
  const query = useQuery(triggerQuery(id));
  return <Loaded query={query}>{(trigger) => <Shown trigger={trigger} />}</Loaded>;
}

function Shown({ trigger }: { readonly trigger: Trigger }) {
  const events = usePages(triggerEventPages(trigger.id));
  const { count, last_at: lastAt } = trigger.rejected_requests;
  return (
    <Page
      title={titleOfTrigger(trigger)}
      heading={
        <div className="row">
          <Link to="/triggers" className="button quiet icon small" aria-label="All triggers">
            <Icon name="left" />
          </Link>
          <Dot tone={trigger.enabled ? 'green' : 'gray'}>{trigger.enabled ? 'On' : 'Off'}</Dot>
          <h1 className="truncate">
            <bdi>{titleOfTrigger(trigger)}</bdi>
          </h1>
        </div>
      }
      actions={<Actions trigger={trigger} />}
    >
      <div className="columns">
        <div className="stack">
          <section className="card" aria-labelledby="came">
            <header>
              <h2 id="came" className="grow">
                What came
              </h2>
              {count > 0 && (
                <span className="chip amber">
                  {count} requests did not prove themselves{lastAt !== null && ', the last '}
                  {lastAt !== null && <Time at={lastAt} />}
                </span>
              )}
            </header>
            <Loaded query={events}>{(data) => <Events events={data} />}</Loaded>
            <ShowMore pages={events} />
          </section>
          <section className="card" aria-labelledby="template">
            <header>
              <h2 id="template">Template of the prompt</h2>
            </header>
            <div className="body">
              <LongText text={trigger.template} isCode label="Template" />
            </div>
          </section>
        </div>
        <aside className="stack" aria-label="Facts about the trigger">
          <dl className="facts">
            <dt>Address</dt>
            <dd className="row">
              <code className="truncate">{trigger.url}</code>
              <CopyButton text={trigger.url} label="Copy the address" isBare />
            </dd>
            <dt>Proof</dt>
            <dd>{verifyLabel(trigger.verify.type)}</dd>
            <dt>User</dt>
            <dd>
              <bdi>{trigger.user}</bdi>
            </dd>
            <dt>Agent</dt>
            <dd>{trigger.agent ?? '–'}</dd>
            <dt>Conversation</dt>
            <dd>
              <code>{trigger.conversation_key ?? 'a new one each time'}</code>
            </dd>
          </dl>
          <h2>Its job</h2>
          <JsonView value={trigger.job} label="Job" />
          {trigger.filter !== null && (
            <>
              <h2>Filter</h2>
              <JsonView value={trigger.filter} label="Filter" />
            </>
          )}
        </aside>
      </div>
    </Page>
  );
}

const tones: Readonly<Record<TriggerEvent['status'], string>> = {
  accepted: 'green',
  duplicate: 'gray',
  filtered: 'gray',
  limited: 'amber',
  failed: 'red',
};

function Events({ events }: { readonly events: readonly TriggerEvent[] }) {
  if (events.length === 0) {
    return (
      <Empty icon="bolt" title="Nothing came yet">
        <p>Each event shows up here within seconds, with the job that it became.</p>
      </Empty>
    );
  }
  return (
    <ol className={styles['events']}>
      {events.map((event) => (
        <li key={event.id}>
          <Dot tone={tones[event.status]}>{event.status}</Dot>
          <code className="truncate">
            <bdi>{oneLine(event.event, 200)}</bdi>
          </code>
          <span className="truncate soft">
            {event.job === null ? (
              oneLine(event.reason ?? '', 300)
            ) : (
              <Link to="/jobs/$id" params={{ id: event.job }}>
                Its job
              </Link>
            )}
          </span>
          <Time at={event.received_at} />
        </li>
      ))}
    </ol>
  );
}

function Actions({ trigger }: { readonly trigger: Trigger }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const mayWrite = useMay('jobs:write');
  const [isDeleting, setDeleting] = useState(false);
  const [isChanging, setChanging] = useState(false);
  const [made, setMade] = useState<MadeTrigger>();
  if (!mayWrite) return null;
  const toggle = () => {
    client.triggers.update(trigger.id, { enabled: !trigger.enabled }).then(() => {
      say(trigger.enabled ? 'The trigger is off: events are refused.' : 'The trigger is on.');
      void queries.invalidateQueries({ queryKey: ['triggers'] });
    }, sayError);
  };
  return (
    <>
      <button type="button" className="button" onClick={toggle}>
        <Icon name={trigger.enabled ? 'pause' : 'play'} />{' '}
        {trigger.enabled ? 'Turn off' : 'Turn on'}
      </button>
      <button type="button" className="button" onClick={() => setChanging(true)}>
        <Icon name="edit" /> Edit
      </button>
      {isChanging && (
        <TriggerForm trigger={trigger} onClose={() => setChanging(false)} onMade={setMade} />
      )}
      <MadeTriggerDialog made={made} onClose={() => setMade(undefined)} />
      <Menu
        label="More"
        items={[{ label: 'Delete', icon: 'trash', run: () => setDeleting(true) }]}
      />
      <Confirm
        open={isDeleting}
        onOpenChange={setDeleting}
        title="Delete this trigger?"
        description="Its address is worth nothing from then on. Jobs that it has posted stay."
        action="Delete the trigger"
        isDangerous
        run={() =>
          client.triggers.delete(trigger.id).then(() => {
            say('The trigger is deleted.');
            void queries.invalidateQueries({ queryKey: ['triggers'] });
            return navigate({ to: '/triggers' });
          }, sayError)
        }
      />
    </>
  );
}
