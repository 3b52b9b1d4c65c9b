import type { Limits } from '@pawl/client';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { limitsQuery } from '../../api/definitions.ts';
import { usageQuery } from '../../api/usage.ts';
import { Page } from '../../components/page.tsx';
import { Empty, Loaded } from '../../components/states.tsx';
import { formatCompact, formatCost, formatNumber } from '../../text/format.ts';
import { DayChart } from './day-chart.tsx';
import styles from './usage-page.module.css';
import { lastDays, type Sum, sumsBy, sumsByDay, tokens } from './usage-sums.ts';

const ranges = [7, 30, 90] as const;

/** What model calls came to, by day, user and model. */
export function UsagePage() {
  const { days = 30 } = useSearch({ from: '/usage' });
  const navigate = useNavigate();
  const dates = lastDays(days, Date.now());
  const query = useQuery(usageQuery(dates[0] ?? ''));
  const limits = useQuery(limitsQuery);
  return (
    <Page
      title="Usage"
      actions={
        <select
          className="input"
          aria-label="Time"
          value={days}
          onChange={({ target: { value } }) =>
            void navigate({ to: '/usage', search: { days: Number(value) }, replace: true })
          }
        >
          {ranges.map((count) => (
            <option key={count} value={count}>
              The last {count} days
            </option>
          ))}
        </select>
      }
    >
      <div className="stack">
        <Loaded query={limits} lines={2}>
          {(data) => <Standing limits={data} />}
        </Loaded>
        <Loaded query={query}>
          {({ rows, isCut }) => {
            const byDay = sumsByDay(rows, dates);
            return (
              <>
                {isCut && <p className="notice amber">There is more than can be added up here.</p>}
                <div className={styles['charts']}>
                  <section className="card" aria-labelledby="cost">
                    <header>
                      <h2 id="cost" className="grow">
                        Cost a day
                      </h2>
                      <strong>{formatCost(byDay.reduce((sum, { cost }) => sum + cost, 0))}</strong>
                    </header>
                    <DayChart
                      days={byDay}
                      series={[
                        { label: 'Cost', tone: 'var(--violet)', valueOf: ({ cost }) => cost },
                      ]}
                      format={formatCost}
                    />
                  </section>
                  <section className="card" aria-labelledby="tokens">
                    <header>
                      <h2 id="tokens" className="grow">
                        Tokens a day
                      </h2>
                      <strong>
                        {formatCompact(byDay.reduce((sum, day) => sum + tokens(day), 0))}
                      </strong>
                    </header>
                    <DayChart
                      days={byDay}
                      series={[
                        { label: 'Input', tone: 'var(--blue)', valueOf: (day) => day.inputTokens },
                        {
                          label: 'Output',
                          tone: 'var(--green)',
                          valueOf: (day) => day.outputTokens,
                        },
                      ]}
                      format={formatCompact}
                    />
                  </section>
                  <Shares title="By user" sums={sumsBy(rows, ({ user }) => user)} />
                  <Shares title="By model" sums={sumsBy(rows, ({ model }) => model)} />
                </div>
              </>
            );
          }}
        </Loaded>
      </div>
    </Page>
  );
}

/** Whatever has most of it, with a bar of its share. */
function Shares({ title, sums }: { readonly title: string; readonly sums: readonly Sum[] }) {
  const most = Math.max(...sums.map(({ cost }) => cost), 0);
  const mostTokens = Math.max(...sums.map(tokens), 1);
  const shareOf = (sum: Sum) => (most > 0 ? sum.cost / most : tokens(sum) / mostTokens);
  return (
    <section className="card" aria-label={title}>
      <header>
        <h2>{title}</h2>
      </header>
      {sums.length === 0 ? (
        <Empty icon="chart" title="No model was called" />
      ) : (
        <ul className={styles['shares']}>
          {sums.slice(0, 20).map((sum) => (
            <li key={sum.name}>
              <span className={styles['bar']} style={{ width: `${shareOf(sum) * 100}%` }} />
              <bdi className="truncate grow">{sum.name}</bdi>
              <span className="muted numbers">{formatNumber(sum.calls)} calls</span>
              <span className="muted numbers">{formatCompact(tokens(sum))} tokens</span>
              <strong className="numbers">{formatCost(sum.cost)}</strong>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

const meters = [
  ['jobs_in_progress', 'jobs_in_progress', 'Jobs in progress', formatNumber],
  ['jobs_queued', 'jobs_queued', 'Jobs queued', formatNumber],
  ['tokens_today', 'tokens_per_day', 'Tokens today', formatCompact],
  ['tokens_this_month', 'tokens_per_month', 'Tokens this month', formatCompact],
  ['cost_usd_today', 'cost_usd_per_day', 'Cost today', formatCost],
  ['cost_usd_this_month', 'cost_usd_per_month', 'Cost this month', formatCost],
] as const;

/** What counts against the tenant's limits now. */
function Standing({ limits }: { readonly limits: Limits }) {
  const { tenant } = limits.current;
  return (
    <dl className={styles['meters']}>
      {meters.map(([current, limit, label, format]) => {
        const value = tenant[current];
        const most = limits.in_force.tenant?.[limit];
        return (
          <div key={current} className="card">
            <dt>{label}</dt>
            <dd>
              <strong className="numbers">{format(value)}</strong>
              {most !== undefined && <span className="muted numbers"> of {format(most)}</span>}
            </dd>
            {most !== undefined && (
              <dd className={styles['meter']} aria-hidden="true">
                <span
                  data-full={value >= most || undefined}
                  style={{ width: `${Math.min(100, (value / Math.max(most, 1e-9)) * 100)}%` }}
                />
              </dd>
            )}
          </div>
        );
      })}
    </dl>
  );
}
