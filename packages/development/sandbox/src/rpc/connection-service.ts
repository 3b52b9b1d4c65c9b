import type { ServiceImpl } from '@connectrpc/connect';
import {
  ConnectionStatus,
  ConnectionType,
  type ConnectionService,
} from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/connections/connections_pb.js';
import type { SandboxParts } from '../sandbox-parts.ts';
import { paginate } from './requests.ts';

export function connectionService({
  accounts,
  defaultPageSize,
}: SandboxParts): Partial<ServiceImpl<typeof ConnectionService>> {
  return {
    listAppConnections(request) {
      const matching = accounts.connections.filter(
        (connection) =>
          (!request.provider || connection.providerKey === request.provider) &&
          (!request.query || connection.keyId.includes(request.query)),
      );
      const { items, ...page } = paginate(matching, request, defaultPageSize);
      return {
        ...page,
        connections: items.map((connection) => ({
          id: connection.id,
          keyId: connection.keyId,
          providerKey: connection.providerKey,
          type: ConnectionType.OAUTH,
          status: ConnectionStatus.COMPLETED,
          enabled: true,
        })),
      };
    },
  };
}
