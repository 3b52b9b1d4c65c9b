import type { Http2ServerResponse } from 'node:http2';
import { createContextKey } from '@connectrpc/connect';
import type { ToolRequest } from '../control/records.ts';

/** The HTTP/2 answer below an RPC, for faults that strike below gRPC. */
export const responseKey = createContextKey<Http2ServerResponse | undefined>(undefined);

/** The record of an `ExecuteTool` while it is being handled. */
export const toolRequestKey = createContextKey<ToolRequest | undefined>(undefined);
