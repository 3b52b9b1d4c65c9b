import type { Pages } from '../api/pages.ts';

/** The end of a list that goes on: reads its next page. */
export function ShowMore({
  pages: { hasMore, isReadingMore, hasFailed, error, readMore },
}: {
  readonly pages: Pages<unknown>;
}) {
  if (!hasMore) return null;
  return (
    <div className="show-more">
      {hasFailed && (
        <span role="alert" className="problem">
          {error?.message}
        </span>
      )}
      <button type="button" className="button" disabled={isReadingMore} onClick={readMore}>
        {isReadingMore ? 'Reading more' : hasFailed ? 'Try again' : 'Show more'}
      </button>
    </div>
  );
}
