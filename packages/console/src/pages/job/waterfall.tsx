import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef } from 'react';
import { Icon, type IconName } from '../../components/icon.tsx';
import { useNow } from '../../components/time.tsx';
import { formatDuration } from '../../text/format.ts';
import type { Segment, Span } from './waterfall-spans.ts';
import styles from './waterfall.module.css';

const icons: Readonly<Record<Span['kind'], IconName>> = {
  job: 'clock',
  turn: 'model',
  call: 'tool',
};

const rowHeight = 30;
/** Shorter jobs are shown whole; of longer ones the rows in sight. */
const mostHeight = 360;

/** What happened when, on one line of time. */
export function Waterfall({
  spans,
  isRunning,
  selected,
  onSelect,
}: {
  readonly spans: readonly Span[];
  readonly isRunning: boolean;
  readonly selected: string | undefined;
  readonly onSelect: (step: string) => void;
}) {
  const now = useNow();
  const scroller = useRef<HTMLDivElement>(null);
  const { from, length } = useMemo(
    () => frameOf(spans, isRunning ? now : undefined),
    [spans, isRunning, now],
  );
  const virtualizer = useVirtualizer({
    count: spans.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
  });
  const height = Math.min(spans.length * rowHeight, mostHeight);
  return (
    <div className={styles['waterfall']}>
      <div className={styles['scale']} aria-hidden="true">
        <span />
        <span className={styles['ticks']}>
          {[0, 0.25, 0.5, 0.75].map((part) => (
            <span key={part} style={{ left: `${part * 100}%` }}>
              {part === 0 ? '0' : formatDuration(length * part)}
            </span>
          ))}
        </span>
        <span className={styles['length']}>{formatDuration(length)}</span>
      </div>
      <div ref={scroller} className={styles['scroller']} style={{ height: `${height}px` }}>
        <ol style={{ height: `${virtualizer.getTotalSize()}px` }} className={styles['list']}>
          {virtualizer.getVirtualItems().map((item) => {
            const span = spans[item.index];
            if (span === undefined) return null;
            return (
              <li key={span.key} style={{ transform: `translateY(${item.start}px)` }}>
                <Row
                  span={span}
                  frame={{ from, length, now }}
                  isSelected={span.step !== undefined && span.step === selected}
                  onSelect={onSelect}
                />
              </li>
            );
          })}
        </ol>
      </div>
    </div>
  );
}

interface Frame {
  readonly from: number;
  readonly length: number;
  readonly now: number;
}

function Row({
  span,
  frame,
  isSelected,
  onSelect,
}: {
  readonly span: Span;
  readonly frame: Frame;
  readonly isSelected: boolean;
  readonly onSelect: (step: string) => void;
}) {
  const { step } = span;
  const total = span.segments.reduce(
    (sum, { from, to }) => sum + Math.max(0, (to ?? frame.now) - from),
    0,
  );
  const content = (
    <>
      <span className={styles['name']} data-kind={span.kind}>
        <Icon name={icons[span.kind]} size={14} />
        <bdi className="truncate" title={`${span.title} ${span.detail}`}>
          {span.title}
        </bdi>
      </span>
      <span className={styles['track']}>
        {span.segments.map((segment) => (
          <Bar key={`${segment.kind} ${segment.from}`} segment={segment} frame={frame} />
        ))}
      </span>
      <span className={styles['time']}>{formatDuration(total)}</span>
    </>
  );
  if (step === undefined) return <div className={styles['row']}>{content}</div>;
  return (
    <button
      type="button"
      className={styles['row']}
      aria-pressed={isSelected}
      onClick={() => onSelect(step)}
    >
      {content}
      <span className="visually-hidden">
        {span.segments.map(({ label }) => label).join(', ')}. {span.status.replaceAll('_', ' ')}.
      </span>
    </button>
  );
}

function Bar({ segment, frame }: { readonly segment: Segment; readonly frame: Frame }) {
  const { from, to = frame.now, kind, label } = segment;
  const start = ((from - frame.from) / frame.length) * 100;
  const width = (Math.max(0, to - from) / frame.length) * 100;
  return (
    <span
      className={styles['bar']}
      data-kind={kind}
      data-open={segment.to === undefined || undefined}
      title={`${label} · ${formatDuration(to - from)}`}
      style={{ left: `${Math.min(start, 99.5)}%`, width: `max(3px, ${Math.min(width, 100)}%)` }}
    />
  );
}

/** From the first beginning to the last end. */
function frameOf(spans: readonly Span[], now: number | undefined) {
  const segments = spans.flatMap((span) => span.segments);
  const from = segments.reduce((first, segment) => Math.min(first, segment.from), Infinity);
  const end = segments.reduce(
    (last, segment) => Math.max(last, segment.to ?? now ?? segment.from),
    now ?? -Infinity,
  );
  return { from, length: Math.max(1, end - from) };
}
