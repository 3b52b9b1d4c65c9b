import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { RequestHandler } from 'express';
import helmet from 'helmet';
import type { Gateway } from '../gateway.ts';

/** Nothing is cached, framed, sniffed, or told to the next site; pages load nothing and style themselves. */
export function securityHeaders({ publicUrl }: Pick<Gateway, 'publicUrl'>): RequestHandler {
  const protect = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'unsafe-inline'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: publicUrl.startsWith('https:'),
    xFrameOptions: { action: 'deny' },
  });
  const headers = [...headersBy(protect), ['Cache-Control', 'no-store'] as const];
  return (_request, response, next) => {
    for (const [name, value] of headers) response.setHeader(name, value);
    next();
  };
}

type SetHeaders = ReturnType<typeof helmet>;

/** The headers that Helmet gives every answer: asked once, since they are the same for all. */
function headersBy(protect: SetHeaders): (readonly [name: string, value: string])[] {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  const headers: [name: string, value: string][] = [];
  response.setHeader = (name, value) => {
    headers.push([name, String(value)]);
    return response;
  };
  let isDone = false;
  protect(request, response, (error?: unknown) => {
    if (error !== undefined) throw error;
    isDone = true;
  });
  if (!isDone) throw new Error('Helmet has not set its headers at once');
  return headers;
}
