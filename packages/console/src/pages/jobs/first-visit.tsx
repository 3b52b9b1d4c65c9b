import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { createJob } from '../../api/jobs.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { Icon } from '../../components/icon.tsx';
import { sayError } from '../../components/toast.tsx';
import { useMay } from '../../session/session.tsx';
import styles from './first-visit.module.css';

/** The README's first prompt. */
const prompt = 'Fetch my last 5 unread emails and summarize them.';

/** What somebody sees who has no jobs yet. */
export function FirstVisit() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const mayWrite = useMay('jobs:write');
  const [isSending, setSending] = useState(false);
  const run = () => {
    setSending(true);
    createJob({ prompt })
      .then((job) => {
        void queries.invalidateQueries({ queryKey: ['jobs'] });
        return navigate({ to: '/jobs/$id', params: { id: job.id } });
      }, sayError)
      .finally(() => setSending(false));
  };
  const curl = `curl -s ${new URL('v1/jobs', document.baseURI).href} -H 'Content-Type: application/json' \\\n  -d '${JSON.stringify({ prompt })}'`;
  return (
    <div className={styles['page']}>
      <h2>There are no jobs yet</h2>
      <p className="soft">
        A job is a prompt that an agent works on in the background: it asks the model, calls tools,
        and waits for people where it has to. Each one shows up here as it happens.
      </p>
      <ol className={styles['steps']}>
        {mayWrite && (
          <li>
            <h3>Run one now</h3>
            <p>“{prompt}”</p>
            <p className="muted">
              Without accounts of your own the sandbox stands in for mailbox and model. The first
              job of a user asks to connect an account: its page says how.
            </p>
            <button type="button" className="button primary" disabled={isSending} onClick={run}>
              <Icon name="play" /> Run this prompt
            </button>
          </li>
        )}
        <li>
          <h3>Or post one to the API</h3>
          <pre tabIndex={0} role="region" aria-label="Command">
            {curl}
          </pre>
          <CopyButton text={curl} label="Copy the command" />
        </li>
        {mayWrite && (
          <li>
            <h3>Or write your own</h3>
            <p className="muted">With instructions, tools and approvals of your choice.</p>
            <Link to="/playground" className="button">
              <Icon name="edit" /> Playground
            </Link>
          </li>
        )}
      </ol>
    </div>
  );
}
