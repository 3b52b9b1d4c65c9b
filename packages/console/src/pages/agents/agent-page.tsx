import type { Agent } from '@pawl/client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { client } from '../../api/client.ts';
import { agentQuery } from '../../api/definitions.ts';
import { recentJobPages } from '../../api/jobs.ts';
import { usePages } from '../../api/pages.ts';
import { Confirm } from '../../components/dialog.tsx';
import { Icon } from '../../components/icon.tsx';
import { JobList } from '../../components/job-list.tsx';
import { JsonView } from '../../components/json-view.tsx';
import { LongText } from '../../components/long-text.tsx';
import { Menu } from '../../components/menu.tsx';
import { Page } from '../../components/page.tsx';
import { Loaded } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { say, sayError } from '../../components/toast.tsx';
import { useMay } from '../../session/session.tsx';
import { AgentForm } from './agent-form.tsx';

/** One agent, and what it did last. */
export function AgentPage() {
  const { name } = useParams({ from: '/agents/$name' });
  const query = useQuery(agentQuery(name));
  return <Loaded query={query}>{(agent) => <Shown agent={agent} />}</Loaded>;
}

function Shown({ agent }: { readonly agent: Agent }) {
  const jobs = usePages(recentJobPages({ agent: agent.name }));
  const {
    name,
    version,
    source,
    description,
    instructions,
    created_at: _created,
    updated_at: updatedAt,
    object: _object,
    ...rest
  } = agent;
  return (
    <Page
      title={name}
      heading={
        <div className="row">
          <Link to="/agents" className="button quiet icon small" aria-label="All agents">
            <Icon name="left" />
          </Link>
          <h1 className="truncate">{name}</h1>
          <span className="chip">{source === 'file' ? 'of a file' : 'of the API'}</span>
        </div>
      }
      actions={<Actions agent={agent} />}
    >
      <div className="columns">
        <div className="stack">
          {description !== undefined && (
            <p className="soft">
              <LongText text={description} />
            </p>
          )}
          <section className="card" aria-labelledby="instructions">
            <header>
              <h2 id="instructions">Instructions</h2>
            </header>
            <div className="body">
              {instructions === undefined ? (
                <p className="muted">The default ones.</p>
              ) : (
                <LongText text={instructions} label="Instructions" />
              )}
            </div>
          </section>
          <section className="card" aria-labelledby="rest">
            <header>
              <h2 id="rest">Model, tools and limits</h2>
            </header>
            <div className="body">
              <JsonView value={rest} label="Definition" />
            </div>
          </section>
        </div>
        <aside className="stack" aria-label="Facts about the agent">
          <dl className="facts">
            <dt>Version</dt>
            <dd className="mono">{version}</dd>
            <dt>Changed</dt>
            <dd>
              <Time at={updatedAt} />
            </dd>
          </dl>
          <h2>Last jobs</h2>
          <JobList jobs={jobs} />
        </aside>
      </div>
    </Page>
  );
}

function Actions({ agent }: { readonly agent: Agent }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const mayWrite = useMay('jobs:write');
  const [isDeleting, setDeleting] = useState(false);
  const [isChanging, setChanging] = useState(false);
  if (!mayWrite) return null;
  return (
    <>
      <Link to="/playground" search={{ agent: agent.name }} className="button primary">
        <Icon name="play" /> Try it
      </Link>
      {agent.source === 'api' && (
        <button type="button" className="button" onClick={() => setChanging(true)}>
          <Icon name="edit" /> Edit
        </button>
      )}
      {isChanging && <AgentForm agent={agent} onClose={() => setChanging(false)} />}
      {agent.source === 'api' && (
        <Menu
          label="More"
          items={[{ label: 'Delete', icon: 'trash', run: () => setDeleting(true) }]}
        />
      )}
      <Confirm
        open={isDeleting}
        onOpenChange={setDeleting}
        title={`Delete the agent ${agent.name}?`}
        description="Jobs that work as it go on with the version that they began with."
        action="Delete the agent"
        isDangerous
        run={() =>
          client.agents.delete(agent.name).then(() => {
            say('The agent is deleted.');
            void queries.invalidateQueries({ queryKey: ['agents'] });
            return navigate({ to: '/agents' });
          }, sayError)
        }
      />
    </>
  );
}
