import type { RequestHandler, Response } from 'express';
import { applyHttpFault } from '../faults/apply-http-fault.ts';
import type { SandboxParts } from '../sandbox-parts.ts';

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
  { faults, holds, now }: SandboxParts,
  operation: string,
): RequestHandler {
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
