/** What the crash harness composes a gateway with: see `compose-gateway.ts`. */
export { composeGateway } from './compose-gateway.ts';
export { readGatewayEnvironment } from './env.ts';
export { gatewaySettings } from './gateway-settings.ts';
