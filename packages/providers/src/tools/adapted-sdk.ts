import type { DescService } from '@bufbuild/protobuf';
import { type Client, createClient, type Interceptor } from '@connectrpc/connect';
import { createGrpcTransport, type Http2SessionManager } from '@connectrpc/connect-node';
import { ScalekitClient } from '@scalekit-sdk/node';
import { ConnectedAccountService } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/connected_accounts/connected_accounts_pb.js';
import { ConnectionService } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/connections/connections_pb.js';
import { ToolService } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/tools/tools_pb.js';
import type { AccessTokens } from './access-tokens.ts';
import { markUnreadAnswers, messageDepthLimit } from './bound-output.ts';
import { acceptedCompressions } from './gzip.ts';

/** What is reached of the SDK's inside. The version is pinned exactly, and a missing part is found at the start. */
interface SdkParts {
  readonly coreClient: {
    accessToken: string | null;
    readonly userAgent: string;
    readonly sdkVersion: string;
    readonly apiVersion: string;
    authenticateClient: () => Promise<void>;
  };
  readonly tools: { client: Client<typeof ToolService> };
  readonly connectedAccounts: { client: Client<typeof ConnectedAccountService> };
  readonly connection: { client: Client<typeof ConnectionService> };
}

export interface SdkSettings {
  readonly environmentUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Milliseconds. */
  readonly lookupTimeout: number;
  readonly toolTimeout: number;
  readonly sessions: Http2SessionManager;
  readonly tokens: AccessTokens;
  /** How many bytes one answer may have, compressed or not. */
  readonly maxAnswerBytes: number;
}

/**
 * The SDK, on a connection that can't end the process and can be closed, and with one token for all: by itself it
 * fetches one for every call that is refused, twenty for twenty that start cold.
 */
export function createAdaptedSdk(settings: SdkSettings): ScalekitClient {
  const { environmentUrl, clientId, clientSecret, lookupTimeout, toolTimeout } = settings;
  const scalekit = new ScalekitClient(environmentUrl, clientId, clientSecret, {
    timeoutMs: lookupTimeout,
    toolTimeoutMs: toolTimeout,
  });
  const parts = scalekit as unknown as SdkParts;
  const { coreClient: core, tools, connectedAccounts, connection } = parts;
  if (typeof core.authenticateClient !== 'function') throw misfit('coreClient.authenticateClient');
  core.authenticateClient = async () => {
    core.accessToken = await settings.tokens.renew(core.accessToken);
  };
  const addHeaders: Interceptor = (next) => (request) => {
    request.header.set('user-agent', core.userAgent);
    request.header.set('x-sdk-version', core.sdkVersion);
    request.header.set('x-api-version', core.apiVersion);
    if (core.accessToken !== null) {
      request.header.set('authorization', `Bearer ${core.accessToken}`);
    }
    return next(request);
  };
  const transport = createGrpcTransport({
    baseUrl: environmentUrl,
    sessionManager: settings.sessions,
    defaultTimeoutMs: lookupTimeout,
    interceptors: [markUnreadAnswers, addHeaders],
    acceptCompression: acceptedCompressions,
    readMaxBytes: settings.maxAnswerBytes,
    binaryOptions: { recursionLimit: messageDepthLimit },
  });
  const replace = <Service extends DescService>(
    part: { client: Client<Service> },
    service: Service,
  ) => {
    if (typeof part.client !== 'object') throw misfit(`the client of ${service.typeName}`);
    part.client = createClient(service, transport);
  };
  replace(tools, ToolService);
  replace(connectedAccounts, ConnectedAccountService);
  replace(connection, ConnectionService);
  return scalekit;
}

function misfit(part: string): Error {
  return new Error(`@scalekit-sdk/node is another version than Pawl was built for: no ${part}`);
}
