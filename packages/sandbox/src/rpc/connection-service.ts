import type { ServiceImpl } from '@connectrpc/connect';
import {
  ConnectionStatus,
  ConnectionType,
  type ConnectionService,
} from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/connections/connections_pb.js';
import type { Connection } from '../accounts/account.ts';
import { paginate } from './requests.ts';

export function connectionService(dependencies: {
  connections: readonly Connection[];
  defaultPageSize: number;
}): Partial<ServiceImpl<typeof ConnectionService>> {
  return {
    listAppConnections(request) {
      const matching = dependencies.connections.filter(
        (connection) =>
          (!request.provider || connection.providerKey === request.provider) &&
          (!request.query || connection.keyId.includes(request.query)),
      );
      const { items, ...page } = paginate(matching, request, dependencies.defaultPageSize);
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
