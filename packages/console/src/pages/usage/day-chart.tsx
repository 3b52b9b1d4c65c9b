import { formatDate } from '../../text/format.ts';
import styles from './usage-page.module.css';
import type { Sum } from './usage-sums.ts';

interface Series {
  readonly label: string;
  readonly tone: string;
  readonly valueOf: (day: Sum) => number;
}

const width = 600;
const height = 140;

/** A bar for each day, its series on one another; the same in words for who does not see it. */
export function DayChart({
  days,
  series,
  format,
}: {
  readonly days: readonly Sum[];
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
}) {
  const totalOf = (day: Sum) => series.reduce((sum, { valueOf }) => sum + valueOf(day), 0);
  const most = Math.max(...days.map(totalOf), 0);
  const step = width / Math.max(1, days.length);
  const busiest = days.reduce(
    (one, day) => (totalOf(day) > totalOf(one) ? day : one),
    days[0] ?? none,
  );
  const summary =
    most === 0
      ? 'Nothing in this time.'
      : `The most on ${formatDate(busiest.name)}: ${format(totalOf(busiest))}.`;
  return (
    <figure className={styles['chart']}>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={summary}
        preserveAspectRatio="none"
      >
        {days.map((day, place) => {
          let base = height;
          const title = `${formatDate(day.name)}: ${series
            .map(({ label, valueOf }) => `${label} ${format(valueOf(day))}`)
            .join(', ')}`;
          return (
            <g key={day.name}>
              <title>{title}</title>
              <rect x={place * step} y={0} width={step} height={height} fill="transparent" />
              {series.map(({ label, tone, valueOf }) => {
                const size = most === 0 ? 0 : (valueOf(day) / most) * (height - 4);
                base -= size;
                return (
                  <rect
                    key={label}
                    x={place * step + step * 0.14}
                    y={base}
                    width={step * 0.72}
                    height={size}
                    style={{ fill: tone }}
                  />
                );
              })}
            </g>
          );
        })}
      </svg>
      <figcaption>
        <span>{formatDate(days[0]?.name ?? '')}</span>
        <span className={styles['legend']}>
          {series.length > 1 &&
            series.map(({ label, tone }) => (
              <span key={label}>
                <i style={{ background: tone }} /> {label}
              </span>
            ))}
        </span>
        <span>{formatDate(days.at(-1)?.name ?? '')}</span>
      </figcaption>
    </figure>
  );
}

const none: Sum = { name: '', calls: 0, inputTokens: 0, outputTokens: 0, cost: 0 };
