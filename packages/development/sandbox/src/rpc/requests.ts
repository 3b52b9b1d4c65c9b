import { Code, ConnectError } from '@connectrpc/connect';
import { ErrorInfoSchema } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/errdetails/errdetails_pb.js';
import type { AccountStore } from '../accounts/account-store.ts';
import type { Account, Connection } from '../accounts/account.ts';

/** How requests name an account: by id, or by connection and identifier. */
export interface AccountReference {
  readonly id?: string | undefined;
  readonly connector?: string | undefined;
  readonly identifier?: string | undefined;
}

/** Throws NotFound for an unknown connection, InvalidArgument where none is named. */
export function requireConnection(accounts: AccountStore, keyId: string | undefined): Connection {
  if (!keyId) throw new ConnectError('connector is required', Code.InvalidArgument);
  const connection = accounts.connection(keyId);
  if (!connection) throw new ConnectError(`connection not found: ${keyId}`, Code.NotFound);
  return connection;
}

/** Throws NotFound for an unknown connection or account. */
export function requireAccount(accounts: AccountStore, reference: AccountReference): Account {
  if (reference.id) {
    const account = accounts.byId(reference.id);
    if (!account) throw new ConnectError('connected account not found', Code.NotFound);
    return account;
  }
  const connection = requireConnection(accounts, reference.connector);
  if (!reference.identifier) throw new ConnectError('identifier is required', Code.InvalidArgument);
  const account = accounts.find(connection.keyId, reference.identifier);
  if (!account) {
    throw new ConnectError(
      `connected account not found for ${reference.identifier} on ${connection.keyId}`,
      Code.NotFound,
    );
  }
  return account;
}

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

export interface ToolErrorFields {
  readonly toolErrorCode: string;
  readonly toolErrorMessage: string;
  readonly executionId: string;
}

/** An error that came from the tool, not from Scalekit: the SDK's `ScalekitTool…Exception` classes. */
export function toolError(code: Code, fields: ToolErrorFields): ConnectError {
  const detail = { errorCode: 'TOOL_ERROR', toolErrorInfo: fields };
  // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- descriptors of one library
  const details = [{ desc: ErrorInfoSchema, value: detail }];
  return new ConnectError(fields.toolErrorMessage, code, undefined, details);
}
