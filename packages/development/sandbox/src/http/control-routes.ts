import express, { type NextFunction, type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { accountStatuses } from '../accounts/account.ts';
import type { SandboxControl } from '../control/control.ts';
import { faultMatchSchema, faultSchema } from '../faults/fault.ts';
import { endpointSettingsSchema } from '../model/endpoint-rules.ts';
import { modelScriptSchema } from '../model/model-scripts.ts';

const accountNameSchema = z.strictObject({
  identifier: z.string().min(1),
  connection: z.string().min(1),
});
const statusSchema = accountNameSchema.extend({ status: z.enum(accountStatuses) });
const eventSchema = accountNameSchema.extend({
  url: z.url(),
  secret: z.string().min(1),
  type: z.string().min(1),
  oldStatus: z.enum(accountStatuses).optional(),
  id: z.string().min(1).optional(),
});
const linkSchema = z.strictObject({ link: z.url() });

/** What a path answers; `{ ok: true }` where it has nothing to say. Throws for a malformed body. */
type ControlRoute = (control: SandboxControl, body: unknown, id: string | undefined) => unknown;

/** By method and path under `/sandbox/`. */
const routes: Readonly<Record<string, ControlRoute>> = {
  'get effects': (control) => control.effects(),
  'get tool-requests': (control) => control.toolRequests(),
  'get model-requests': (control) => control.modelRequests(),
  'get accounts': (control) => ({ items: control.accounts() }),
  'post accounts/status'(control, body) {
    const { status, ...name } = statusSchema.parse(body);
    return control.setAccountStatus(name, status);
  },
  'post accounts/expire': (control, body) => control.expireAccount(accountNameSchema.parse(body)),
  async 'post accounts/events'(control, body) {
    const { identifier, connection, ...event } = eventSchema.parse(body);
    return { status: await control.sendEvent({ identifier, connection }, event) };
  },
  'post approve': (control, body) => ({
    redirect_to: control.approve(linkSchema.parse(body).link) ?? null,
  }),
  'post tokens/expire': (control) => control.expireTokens(),
  'get faults': (control) => ({ items: control.faults() }),
  'post faults': (control, body) => ({ id: control.addFault(faultSchema.parse(body)) }),
  'delete faults{/:id}': (control, _body, id) => control.clearFaults(id),
  'get held': (control) => ({ items: control.held() }),
  'post release': (control, body) => ({
    released: control.release(faultMatchSchema.parse(body ?? {})),
  }),
  'post model-scripts': (control, body) =>
    control.scriptModel(z.array(modelScriptSchema).parse(body)),
  'delete model-scripts': (control) => control.clearModelScripts(),
  'put endpoint': (control, body) => control.setEndpoint(endpointSettingsSchema.parse(body)),
  'post data/reset': (control) => control.resetData(),
  'delete records': (control) => control.clearRecords(),
  'post reset': (control) => control.reset(),
};

/** These make something new. */
const creates = new Set(['post faults', 'post model-scripts']);

function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  return error instanceof Error ? error.message : String(error);
}

/** `/sandbox/…`: the control over HTTP, with JSON bodies. Hooks and functions need the process. */
export function controlRoutes(control: SandboxControl): Router {
  const router = Router();
  router.use('/sandbox', express.json({ limit: '4mb' }));
  for (const [name, run] of Object.entries(routes)) {
    const [method, path] = name.split(' ') as ['get' | 'post' | 'put' | 'delete', string];
    router[method](`/sandbox/${path}`, async (request: Request, response: Response) => {
      const { id } = request.params as { id?: string };
      const answer = (await run(control, request.body, id)) ?? { ok: true };
      response.status(creates.has(name) ? 201 : 200).json(answer);
    });
  }
  router.use(
    '/sandbox',
    (error: unknown, _request: Request, response: Response, next: NextFunction) => {
      if (response.headersSent) next(error);
      else response.status(400).json({ error: reasonOf(error) });
    },
  );
  return router;
}
