import type { SchedulePreviewRequest } from '@pawl/client';
import { PawlApiError } from '@pawl/client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { client } from '../../api/client.ts';
import { Empty, Loaded } from '../../components/states.tsx';
import { ExactTime, Time } from '../../components/time.tsx';
import { formatDayAndClock } from '../../text/format.ts';

const shown = 5;

/** The next five times at which a schedule runs, as the API reckons them. */
export function NextRuns({ timing }: { readonly timing: SchedulePreviewRequest }) {
  const query = useQuery({
    queryKey: ['schedule-preview', timing],
    queryFn: ({ signal }) => client.schedules.preview(timing, { signal }),
    placeholderData: keepPreviousData,
  });
  if (query.error instanceof PawlApiError && query.error.status === 400) {
    return <p className="problem">{query.error.errors[0]?.message ?? query.error.detail}</p>;
  }
  return (
    <Loaded query={query} lines={shown}>
      {({ next_runs: runs }) =>
        runs.length === 0 ? (
          <Empty icon="clock" title="No run is left" />
        ) : (
          <ol className="stack tight">
            {runs.slice(0, shown).map((at) => (
              <li key={at} className="row">
                <ExactTime at={at} format={formatDayAndClock} />
                <span className="muted">
                  <Time at={at} />
                </span>
              </li>
            ))}
          </ol>
        )
      }
    </Loaded>
  );
}
