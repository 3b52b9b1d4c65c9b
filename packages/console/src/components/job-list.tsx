import type { Job } from '@pawl/client';
import { Link } from '@tanstack/react-router';
import { oneLine } from '../text/plain-text.ts';
import styles from './job-list.module.css';
import { StatusBadge } from './status-badge.tsx';
import { Time } from './time.tsx';

/** A few jobs, in two lines each. */
export function JobList({ jobs }: { readonly jobs: readonly Job[] }) {
  if (jobs.length === 0) return <p className="muted">No jobs yet.</p>;
  return (
    <ul className={styles['list']}>
      {jobs.map((job) => (
        <li key={job.id}>
          <Link to="/jobs/$id" params={{ id: job.id }} className="truncate">
            <bdi>{oneLine(job.prompt, 120)}</bdi>
          </Link>
          <span className="row">
            <StatusBadge status={job.status} />
            <span className="grow" />
            <span className="muted">
              <Time at={job.created_at} />
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}
