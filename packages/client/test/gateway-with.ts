import { onTestFinished } from 'vitest';
import { startFakeGateway, type FakeGateway, type FakeGatewayScript } from './fake-gateway.ts';

/** A scripted gateway that stops with the test, which fails if anything unscripted was asked of it. */
export async function gatewayWith(script: FakeGatewayScript): Promise<FakeGateway> {
  const gateway = await startFakeGateway(script);
  onTestFinished(() => gateway.close());
  return gateway;
}
