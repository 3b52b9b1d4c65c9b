import type { Usage } from '@pawl/client';
import { queryOptions } from '@tanstack/react-query';
import { client } from './client.ts';

interface UsageOfTime {
  readonly rows: readonly Usage[];
  /** True: there are more than were read. */
  readonly isCut: boolean;
}

/** A row for each day, user and model: so many are read at most. */
const mostPages = 20;

/** What model calls came to in some days, until today. */
export const usageQuery = (from: string) =>
  queryOptions({
    queryKey: ['usage', from],
    queryFn: async ({ signal }): Promise<UsageOfTime> => {
      const rows: Usage[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < mostPages; page += 1) {
        const list = await client.usage.list({ from, limit: 1_000, cursor, signal });
        rows.push(...list.data);
        if (list.next_cursor === null) return { rows, isCut: false };
        cursor = list.next_cursor;
      }
      return { rows, isCut: true };
    },
  });
