import type { Schedule, SchedulePreviewRequest } from '@pawl/client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { client } from '../../api/client.ts';
import { scheduleQuery } from '../../api/definitions.ts';
import { recentJobPages } from '../../api/jobs.ts';
import { usePages } from '../../api/pages.ts';
import { Confirm } from '../../components/dialog.tsx';
import { Icon } from '../../components/icon.tsx';
import { JobList } from '../../components/job-list.tsx';
import { JsonView } from '../../components/json-view.tsx';
import { Menu } from '../../components/menu.tsx';
import { Page } from '../../components/page.tsx';
import { Loaded } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { say, sayError } from '../../components/toast.tsx';
import { useMay } from '../../session/session.tsx';
import { NextRuns } from './next-runs.tsx';
import { ScheduleForm } from './schedule-form.tsx';
import { ScheduleStatus } from './schedule-status.tsx';
import { promptOf } from './schedules-page.tsx';
import { timingWords } from './timing-words.ts';

/** One schedule: when it runs next, and what came of it. */
export function SchedulePage() {
  const { id } = useParams({ from: '/schedules/$id' });
  const query = useQuery(scheduleQuery(id));
  return <Loaded query={query}>{(schedule) => <Shown schedule={schedule} />}</Loaded>;
}

function Shown({ schedule }: { readonly schedule: Schedule }) {
  const jobs = usePages(recentJobPages({ schedule: schedule.id }));
  return (
    <Page
      title={promptOf(schedule)}
      heading={
        <div className="row">
          <Link to="/schedules" className="button quiet icon small" aria-label="All schedules">
            <Icon name="left" />
          </Link>
          <ScheduleStatus status={schedule.status} />
          <h1 className="truncate">
            <bdi>{promptOf(schedule)}</bdi>
          </h1>
        </div>
      }
      actions={<Actions schedule={schedule} />}
    >
      <div className="columns">
        <div className="stack">
          {schedule.disabled_reason !== null && (
            <p className="notice red">
              <Icon name="warning" />
              <span>
                <code>{schedule.disabled_reason.code}</code> {schedule.disabled_reason.message}
              </span>
            </p>
          )}
          <section className="card" aria-labelledby="next">
            <header>
              <h2 id="next">{timingWords(schedule)}</h2>
            </header>
            <div className="body">
              {schedule.status === 'active' ? (
                <NextRuns timing={timingOf(schedule)} />
              ) : (
                <p className="muted">It does not run now.</p>
              )}
            </div>
          </section>
          <section className="card" aria-labelledby="last">
            <header>
              <h2 id="last">Last jobs</h2>
            </header>
            <div className="body">
              <JobList jobs={jobs} />
            </div>
          </section>
        </div>
        <aside className="stack" aria-label="Facts about the schedule">
          <dl className="facts">
            <dt>Schedule</dt>
            <dd className="mono">{schedule.id}</dd>
            <dt>User</dt>
            <dd>
              <bdi>{schedule.user}</bdi>
            </dd>
            {schedule.cron !== null && (
              <>
                <dt>Cron</dt>
                <dd className="mono">{schedule.cron}</dd>
              </>
            )}
            <dt>When busy</dt>
            <dd>{overlaps[schedule.overlap]}</dd>
            <dt>In line</dt>
            <dd>{schedule.slots_in_line}</dd>
            <dt>Failures</dt>
            <dd>{schedule.failures_in_a_row} in a row</dd>
            <dt>Changed</dt>
            <dd>
              <Time at={schedule.updated_at} />
            </dd>
          </dl>
          <h2>Its job</h2>
          <JsonView value={schedule.job} label="Job" />
        </aside>
      </div>
    </Page>
  );
}

const overlaps: Readonly<Record<Schedule['overlap'], string>> = {
  skip: 'The slot is skipped',
  queue: 'The slot waits',
  allow: 'Both run',
};

function timingOf(schedule: Schedule): SchedulePreviewRequest {
  const { cron, timezone, every_seconds: seconds, start_at: start, end_at: end } = schedule;
  return {
    ...(cron !== null && { cron }),
    ...(cron !== null && timezone !== null && { timezone }),
    ...(seconds !== null && { every_seconds: seconds }),
    ...(start !== null && { start_at: start }),
    ...(end !== null && { end_at: end }),
  };
}

function Actions({ schedule }: { readonly schedule: Schedule }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const mayWrite = useMay('jobs:write');
  const [isDeleting, setDeleting] = useState(false);
  const [isChanging, setChanging] = useState(false);
  if (!mayWrite) return null;
  const refresh = () => void queries.invalidateQueries({ queryKey: ['schedules'] });
  const runNow = () => {
    client.schedules.trigger(schedule.id).then((job) => {
      say('The job is posted.');
      refresh();
      void queries.invalidateQueries({ queryKey: ['jobs'] });
      void navigate({ to: '/jobs/$id', params: { id: job.id } });
    }, sayError);
  };
  const setEnabled = (enabled: boolean) => {
    client.schedules.update(schedule.id, { enabled }).then(() => {
      say(enabled ? 'The schedule runs again.' : 'The schedule is paused.');
      refresh();
    }, sayError);
  };
  return (
    <>
      <button type="button" className="button primary" onClick={runNow}>
        <Icon name="play" /> Run now
      </button>
      {schedule.enabled && schedule.status !== 'disabled' ? (
        <button type="button" className="button" onClick={() => setEnabled(false)}>
          <Icon name="pause" /> Pause
        </button>
      ) : (
        <button type="button" className="button" onClick={() => setEnabled(true)}>
          <Icon name="play" /> Resume
        </button>
      )}
      <button type="button" className="button" onClick={() => setChanging(true)}>
        <Icon name="edit" /> Edit
      </button>
      {isChanging && <ScheduleForm schedule={schedule} onClose={() => setChanging(false)} />}
      <Menu
        label="More"
        items={[{ label: 'Delete', icon: 'trash', run: () => setDeleting(true) }]}
      />
      <Confirm
        open={isDeleting}
        onOpenChange={setDeleting}
        title="Delete this schedule?"
        description="It posts no more jobs. Those that it has posted stay."
        action="Delete the schedule"
        isDangerous
        run={() =>
          client.schedules.delete(schedule.id).then(() => {
            say('The schedule is deleted.');
            refresh();
            return navigate({ to: '/schedules' });
          }, sayError)
        }
      />
    </>
  );
}
