import { formatDuration, formatFull, formatRelative } from '../text/format.ts';
import { createStore, useStore } from '../live/store.ts';

/** The time now, the same for everything that is shown; it goes on once a second while the page is seen. */
const now = createStore(Date.now());
setInterval(() => {
  if (!document.hidden) now.set(Date.now());
}, 1_000);

export function useNow(): number {
  return useStore(now);
}

/** How long ago, or until when; the whole time with its zone on hover. */
export function Time({ at }: { readonly at: string | null | undefined }) {
  const current = useNow();
  if (at === null || at === undefined) return <span className="muted">–</span>;
  const time = Date.parse(at);
  return (
    <time dateTime={at} title={formatFull(time)} className="numbers">
      {formatRelative(time, current)}
    </time>
  );
}

/** A time that is written out; with its zone on hover. */
export function ExactTime({
  at,
  format,
}: {
  readonly at: string | number;
  readonly format: (time: number) => string;
}) {
  const time = typeof at === 'number' ? at : Date.parse(at);
  return (
    <time dateTime={new Date(time).toISOString()} title={formatFull(time)} className="numbers">
      {format(time)}
    </time>
  );
}

/** How long something took, or takes by now. */
export function Duration({
  from,
  to,
}: {
  readonly from: string | null;
  readonly to: string | null;
}) {
  if (from === null) return <span className="muted">–</span>;
  if (to === null) return <RunningDuration from={from} />;
  return <span className="numbers">{formatDuration(Date.parse(to) - Date.parse(from))}</span>;
}

function RunningDuration({ from }: { readonly from: string }) {
  const current = useNow();
  return <span className="numbers">{formatDuration(current - Date.parse(from))}</span>;
}
