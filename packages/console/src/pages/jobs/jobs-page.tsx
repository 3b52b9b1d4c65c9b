import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { RowSelectionState } from '@tanstack/react-table';
import { useEffect, useState } from 'react';
import type { JobFilter } from '../../api/jobs.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Page } from '../../components/page.tsx';
import { Empty, Failed, Loading } from '../../components/states.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { Duration, Time } from '../../components/time.tsx';
import { Icon } from '../../components/icon.tsx';
import { useStore } from '../../live/store.ts';
import { useMay } from '../../session/session.tsx';
import { formatNumber } from '../../text/format.ts';
import { BulkActions } from './bulk-actions.tsx';
import { FirstVisit } from './first-visit.tsx';
import { FilterBar } from './filter-bar.tsx';
import { type LiveJobList, startJobList } from './job-list.ts';
import type { JobRow } from './job-row.ts';

const columns: readonly Column<JobRow>[] = [
  {
    id: 'status',
    header: 'Status',
    width: '8.5rem',
    cell: ({ status }) => <StatusBadge status={status} />,
  },
  {
    id: 'prompt',
    header: 'Prompt',
    width: 'minmax(12rem, 1fr)',
    narrow: 'first',
    cell: ({ id, prompt }) => (
      <Link to="/jobs/$id" params={{ id }} data-row className="truncate" preload={false}>
        <bdi>{prompt === '' ? id : prompt}</bdi>
      </Link>
    ),
  },
  {
    id: 'user',
    header: 'User',
    width: '9rem',
    cell: ({ user }) => (
      <bdi className="truncate soft" title={user}>
        {user}
      </bdi>
    ),
  },
  {
    id: 'agent',
    header: 'Agent',
    width: '7.5rem',
    narrow: 'hidden',
    cell: ({ agent }) =>
      agent === null ? <span className="muted">–</span> : <span className="truncate">{agent}</span>,
  },
  {
    id: 'calls',
    header: 'Tool calls',
    width: '4.5rem',
    isRight: true,
    narrow: 'hidden',
    cell: ({ toolCalls }) => <span className="numbers soft">{formatNumber(toolCalls)}</span>,
  },
  {
    id: 'duration',
    header: 'Duration',
    width: '5rem',
    isRight: true,
    narrow: 'hidden',
    cell: ({ startedAt, finishedAt }) => <Duration from={startedAt} to={finishedAt} />,
  },
  {
    id: 'created',
    header: 'Created',
    width: '5.5rem',
    isRight: true,
    cell: ({ createdAt }) => <Time at={createdAt} />,
  },
];

/** Every job, as it changes. */
export function JobsPage() {
  const filter = useSearch({ from: '/jobs' });
  const navigate = useNavigate();
  const setFilter = (next: JobFilter) =>
    void navigate({ to: '/jobs', search: next, replace: true });
  const key = JSON.stringify(filter);
  return (
    <Page title="Jobs" isFull heading={<h1>Jobs</h1>}>
      <FilterBar filter={filter} onChange={setFilter} />
      <JobTable key={key} filter={filter} />
    </Page>
  );
}

function JobTable({ filter }: { readonly filter: JobFilter }) {
  const [list, setList] = useState<LiveJobList>();
  const key = JSON.stringify(filter);
  useEffect(() => {
    const started = startJobList(JSON.parse(key) as JobFilter);
    setList(started);
    return () => started.stop();
  }, [key]);
  return list === undefined ? <Loading lines={10} /> : <Rows list={list} filter={filter} />;
}

function Rows({ list, filter }: { readonly list: LiveJobList; readonly filter: JobFilter }) {
  const { rows, isLoading, isEnd, error } = useStore(list.state);
  const [selected, setSelected] = useState<RowSelectionState>({});
  const mayWrite = useMay('jobs:write');
  if (rows.length === 0) {
    if (error !== undefined) return <Failed error={error} retry={list.refresh} />;
    if (isLoading) return <Loading lines={10} />;
    return <NoJobs isFiltered={Object.keys(filter).length > 0} />;
  }
  const selection = {
    selected,
    onChange: setSelected,
    labelOf: (id: string) => `Select ${list.row(id)?.prompt.slice(0, 60) ?? id}`,
  };
  const chosen = Object.keys(selected).flatMap((id) => {
    const row = list.row(id);
    return row === undefined || selected[id] !== true ? [] : [row];
  });
  return (
    <>
      {chosen.length > 0 && (
        <BulkActions
          rows={chosen}
          onDone={() => {
            setSelected({});
            list.refresh();
          }}
        />
      )}
      <DataTable
        label="Jobs"
        columns={columns}
        rows={rows}
        {...(mayWrite && { selection })}
        total={isEnd ? rows.length : undefined}
        onReachEnd={list.readMore}
        onTopChange={list.setAtTop}
      />
    </>
  );
}

function NoJobs({ isFiltered }: { readonly isFiltered: boolean }) {
  if (!isFiltered) return <FirstVisit />;
  return (
    <Empty icon="filter" title="No job fits these filters">
      <Link to="/jobs" className="button">
        <Icon name="cross" /> Take the filters away
      </Link>
    </Empty>
  );
}
