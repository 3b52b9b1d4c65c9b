import { type Assignment, Order, type Report } from './messages.ts';

/** What a harness process serves at the moment. */
export interface Service {
  /** Where it listens, if it does. */
  readonly port?: number;
  stop(): Promise<void>;
}

/**
 * Serves what the parent orders, one assignment after another, until the parent is gone. SIGTERM ends it the way it ends
 * a service in production: with a drain, and code 0.
 */
export function obeyOrders(start: (assignment: Assignment) => Promise<Service>): void {
  let service: Service | undefined;
  const obey = async (order: Order): Promise<Report> => {
    if (order.kind === 'serve') {
      service = await start(order.assignment);
      return { kind: 'serving', ...(service.port === undefined ? {} : { port: service.port }) };
    }
    await service?.stop();
    service = undefined;
    return { kind: 'left' };
  };
  process.on('message', (message) => {
    obey(Order.parse(message)).then(report, (error: unknown) =>
      report({ kind: 'failed', reason: String(error) }),
    );
  });
  process.once('SIGTERM', () => {
    const stopped = Promise.resolve(service?.stop());
    report({ kind: 'stopping' });
    void stopped.then(() => process.exit(0));
  });
  process.once('disconnect', () => process.exit(1));
  report({ kind: 'ready' });
}

function report(content: Report): void {
  process.send?.(content);
}
