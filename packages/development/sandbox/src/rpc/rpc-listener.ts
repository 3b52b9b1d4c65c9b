import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { gzipSync } from 'node:zlib';
import { createContextValues } from '@connectrpc/connect';
import { compressionBrotli, compressionGzip, connectNodeAdapter } from '@connectrpc/connect-node';
import { ConnectedAccountService } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/connected_accounts/connected_accounts_pb.js';
import { ConnectionService } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/connections/connections_pb.js';
import { ToolService } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/tools/tools_pb.js';
import type { SandboxParts } from '../sandbox-parts.ts';
import { connectedAccountService } from './connected-account-service.ts';
import { connectionService } from './connection-service.ts';
import { authenticate, recordToolRequests, responseKey, strikeFaults } from './interceptors.ts';
import { toolService } from './tool-service.ts';

const mostMessageBytes = 8 * 1024 * 1024;

/** Bytes up to which a message is compressed at once: handing it to another thread takes longer than the work. */
const atOnce = 65_536;

const gzip: typeof compressionGzip = {
  ...compressionGzip,
  async compress(bytes) {
    return bytes.length > atOnce
      ? compressionGzip.compress(bytes)
      : new Uint8Array(gzipSync(bytes));
  },
};

/** Serves Scalekit's gRPC services, by the SDK's own descriptors, on an HTTP/2 server. */
export function createRpcListener(parts: SandboxParts) {
  const { faults, holds, now, records, tokens } = parts;
  const responses = new WeakMap<object, Http2ServerResponse>();
  const handle = connectNodeAdapter({
    connect: false,
    grpcWeb: false,
    readMaxBytes: mostMessageBytes,
    acceptCompression: [gzip, compressionBrotli],
    interceptors: [
      authenticate(tokens),
      recordToolRequests(records, now),
      strikeFaults(faults, holds),
    ],
    contextValues: (request) => createContextValues().set(responseKey, responses.get(request)),
    routes(router) {
      router.service(ConnectedAccountService, connectedAccountService(parts));
      router.service(ToolService, toolService(parts));
      router.service(ConnectionService, connectionService(parts));
    },
  });
  return (request: Http2ServerRequest, response: Http2ServerResponse): void => {
    response.setHeader('x-pawl-sandbox', '1');
    // A stream that a fault or a client cut off errs here; the RPC's own handling reports it.
    request.on('error', () => {});
    response.on('error', () => {});
    responses.set(request, response);
    handle(request, response);
  };
}
