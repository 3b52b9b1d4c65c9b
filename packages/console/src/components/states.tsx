import { PawlApiError, PawlConnectionError } from '@pawl/client';
import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';

/** What is shown where there is nothing. */
export function Empty({
  icon,
  title,
  children,
}: {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ReactNode;
}) {
  return (
    <div className="empty">
      <Icon name={icon} size={28} />
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** What is shown where something could not be read. */
export function Failed({ error, retry }: { readonly error: Error; readonly retry?: () => void }) {
  const requestId = error instanceof PawlApiError ? (error.requestId ?? '') : '';
  return (
    <div className="empty" role="alert">
      <Icon name="warning" size={28} />
      <h2>{titleOf(error)}</h2>
      <p>{error.message}</p>
      {requestId !== '' && <p className="mono">{requestId}</p>}
      {retry !== undefined && (
        <button type="button" className="button" onClick={retry}>
          <Icon name="retry" /> Try again
        </button>
      )}
    </div>
  );
}

const titles: Readonly<Record<string, string>> = {
  not_found: 'There is no such thing',
  scope_missing: 'Your key may not see this',
  storage_unavailable: 'Redis does not answer',
  record_unreadable: 'What is stored cannot be read',
};

function titleOf(error: Error): string {
  if (error instanceof PawlConnectionError) return 'The gateway does not answer';
  if (!(error instanceof PawlApiError)) return 'This could not be shown';
  return titles[error.code] ?? 'This could not be read';
}

const widths = ['62%', '84%', '45%', '71%', '56%', '78%', '38%', '66%'];

export function Loading({ lines = 6 }: { readonly lines?: number }) {
  return (
    <div className="stack" role="status" style={{ padding: '1rem' }}>
      <span className="visually-hidden">Loading</span>
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} className="skeleton" style={{ width: widths[line % widths.length] }} />
      ))}
    </div>
  );
}

interface QueryState<Data> {
  readonly data: Data | undefined;
  readonly error: Error | null;
  readonly refetch: () => unknown;
}

/** Loading, failed, or what was read. What is there stays while it cannot be read anew. */
export function Loaded<Data>({
  query,
  children,
  lines,
}: {
  readonly query: QueryState<Data>;
  readonly children: (data: Data) => ReactNode;
  readonly lines?: number;
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error !== null)
    return <Failed error={query.error} retry={() => void query.refetch()} />;
  return <Loading {...(lines !== undefined && { lines })} />;
}
