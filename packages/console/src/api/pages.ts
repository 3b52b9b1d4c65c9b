import type { Page } from '@pawl/client';
import { infiniteQueryOptions, type Query, useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState } from 'react';

interface PageRequest {
  readonly limit: number;
  readonly cursor?: string;
  readonly signal: AbortSignal;
}

const pageSize = 100;
/** A list of more pages is not read anew by itself: all of them would be asked for, one after the other. */
const livePages = 3;

/**
 * A list that is read by cursors, as far as somebody wants to see it.
 *
 * @param read asks the API for one page
 */
export function pagesOf<Item>(
  key: readonly unknown[],
  read: (page: PageRequest) => Promise<Page<Item>>,
  limit = pageSize,
) {
  return infiniteQueryOptions({
    queryKey: [...key, { pages: limit }],
    queryFn: ({ pageParam, signal }) =>
      read({ limit, signal, ...(pageParam !== '' && { cursor: pageParam }) }),
    initialPageParam: '',
    getNextPageParam: ({ next_cursor: next }) => next,
    refetchOnWindowFocus: (query) => !isLong(query),
  });
}

/** True: somebody has read so far down that reading it anew is not worth it, until they ask for it. */
export function isLong({ state }: Pick<Query, 'state'>): boolean {
  const data: unknown = state.data;
  if (typeof data !== 'object' || data === null || !('pages' in data)) return false;
  return Array.isArray(data.pages) && data.pages.length > livePages;
}

/** What was read of a list, and how to read on. */
export interface Pages<Item> {
  /** All items that were read; undefined until the first page is there. */
  readonly data: readonly Item[] | undefined;
  readonly error: Error | null;
  readonly hasMore: boolean;
  readonly isReadingMore: boolean;
  /** True: the next page was asked for in vain. */
  readonly hasFailed: boolean;
  /** Reads the next page, if there is one. */
  readonly readMore: () => void;
  readonly refetch: () => unknown;
}

export function usePages<Item>(
  options: ReturnType<typeof pagesOf<Item>>,
  { enabled = true }: { readonly enabled?: boolean } = {},
): Pages<Item> {
  const query = useInfiniteQuery({ ...options, enabled });
  const { data: read, hasNextPage: hasMore, isFetching, fetchNextPage } = query;
  const data = useMemo(() => read?.pages.flatMap((page) => page.data), [read]);
  // While the list is read anew, nothing more can be read: somebody who asks for it gets it right after.
  const [isWanted, setWanted] = useState(false);
  useEffect(() => {
    if (!isWanted || isFetching) return;
    setWanted(false);
    if (hasMore) void fetchNextPage();
  }, [isWanted, hasMore, isFetching, fetchNextPage]);
  const readMore = useCallback(() => setWanted(hasMore), [hasMore]);
  return {
    data,
    error: query.error,
    hasMore,
    isReadingMore: query.isFetchingNextPage || isWanted,
    hasFailed: query.isFetchNextPageError,
    readMore,
    refetch: query.refetch,
  };
}
