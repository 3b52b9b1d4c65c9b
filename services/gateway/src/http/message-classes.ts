import { IncomingMessage, ServerResponse } from 'node:http';
import type { Express } from 'express';

/** The classes of one server's requests and answers. */
export interface MessageClasses {
  readonly IncomingMessage: typeof IncomingMessage;
  readonly ServerResponse: typeof ServerResponse;
}

/** Classes of a server's own, so that an app can give them its methods. */
export function createMessageClasses(): MessageClasses {
  class Incoming extends IncomingMessage {}
  class Answer<Request extends IncomingMessage> extends ServerResponse<Request> {}
  return { IncomingMessage: Incoming, ServerResponse: Answer };
}

/**
 * Has requests and answers made with Express's methods. Express gives each of them another prototype otherwise, after
 * which V8 keeps whatever hangs on a third of the answers until it looks through the whole heap: half of what a bare
 * Express costs. Has to come before anything is mounted, since what is mounted derives its own from these.
 */
export function makeMessagesFor(app: Express, classes: MessageClasses): void {
  const { prototype: request } = classes.IncomingMessage;
  const { prototype: answer } = classes.ServerResponse;
  Object.setPrototypeOf(request, app.request);
  Object.setPrototypeOf(answer, app.response);
  // Express sets these prototypes on every message still, which does nothing where they are there.
  Object.assign(app, { request, response: answer });
}
