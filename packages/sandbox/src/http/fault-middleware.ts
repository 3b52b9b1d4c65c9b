import type { RequestHandler, Response } from 'express';
import { applyHttpFault } from '../faults/apply-http-fault.ts';
import type { FaultList, Holds } from '../faults/fault.ts';

/** A signal that aborts when the client has left before it was answered. */
export function clientSignal(response: Response): AbortSignal {
  const controller = new AbortController();
  response.on('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}

/** Lets faults strike a simple HTTP route before it runs. */
export function strikeHttpFaults(
  dependencies: { faults: FaultList; holds: Holds; now: () => number },
  operation: string,
): RequestHandler {
  const { faults, holds, now } = dependencies;
  return async (_request, response, next) => {
    const call = { operation };
    const fault = faults.take(call);
    if (!fault) {
      next();
      return;
    }
    const setting = { call, holds, now, signal: clientSignal(response), response };
    if ((await applyHttpFault(fault.effect, setting)) === 'go-on') next();
  };
}
