import type { Job } from '@pawl/client';
import { Link } from '@tanstack/react-router';
import type { Pages } from '../api/pages.ts';
import { oneLine } from '../text/plain-text.ts';
import styles from './job-list.module.css';
import { ShowMore } from './show-more.tsx';
import { Loaded } from './states.tsx';
import { StatusBadge } from './status-badge.tsx';
import { Time } from './time.tsx';

/** A few jobs, in two lines each, and more of them. */
export function JobList({ jobs }: { readonly jobs: Pages<Job> }) {
  return (
    <Loaded query={jobs}>
      {(data) =>
        data.length === 0 ? (
          <p className="muted">No jobs yet.</p>
        ) : (
          <>
            <ul className={styles['list']}>
              {data.map((job) => (
                <Entry key={job.id} job={job} />
              ))}
            </ul>
            <ShowMore pages={jobs} />
          </>
        )
      }
    </Loaded>
  );
}

function Entry({ job }: { readonly job: Job }) {
  return (
    <li>
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
  );
}
