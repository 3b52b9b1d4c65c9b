import { Code, ConnectError } from '@connectrpc/connect';

export interface Page<Item> {
  readonly items: Item[];
  readonly totalSize: number;
  readonly nextPageToken: string;
  readonly prevPageToken: string;
}

const largestPage = 100;
const token = /^page_(\d+)$/;

function offsetOf(pageToken: string): number {
  if (pageToken === '') return 0;
  const offset = token.exec(Buffer.from(pageToken, 'base64url').toString())?.[1];
  if (offset === undefined) throw new ConnectError('invalid page_token', Code.InvalidArgument);
  return Number(offset);
}

function tokenOf(offset: number): string {
  return Buffer.from(`page_${offset}`).toString('base64url');
}

/** One page of a list. A page size of 0 means the default; more than 100 gives 100. */
export function paginate<Item>(
  all: readonly Item[],
  request: { pageSize: number; pageToken: string },
  defaultPageSize: number,
): Page<Item> {
  const size = Math.min(request.pageSize || defaultPageSize, largestPage);
  const offset = offsetOf(request.pageToken);
  const end = offset + size;
  return {
    items: all.slice(offset, end),
    totalSize: all.length,
    nextPageToken: end < all.length ? tokenOf(end) : '',
    prevPageToken: offset > 0 ? tokenOf(Math.max(0, offset - size)) : '',
  };
}
