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

/** `/sandbox/…`: the control over HTTP, with JSON bodies. Hooks and functions need the process. */
export function controlRoutes(control: SandboxControl): Router {
  const router = Router();
  router.use('/sandbox', express.json({ limit: '4mb' }));

  router.get('/sandbox/effects', (_request, response) => response.json(control.effects()));
  router.get('/sandbox/tool-requests', (_request, response) =>
    response.json(control.toolRequests()),
  );
  router.get('/sandbox/model-requests', (_request, response) =>
    response.json(control.modelRequests()),
  );

  router.get('/sandbox/accounts', (_request, response) =>
    response.json({ items: control.accounts() }),
  );
  router.post('/sandbox/accounts/status', (request, response) => {
    const { status, ...name } = statusSchema.parse(request.body);
    response.json(control.setAccountStatus(name, status));
  });
  router.post('/sandbox/accounts/expire', (request, response) => {
    response.json(control.expireAccount(accountNameSchema.parse(request.body)));
  });
  router.post('/sandbox/approve', (request, response) => {
    const { link } = z.strictObject({ link: z.url() }).parse(request.body);
    response.json({ redirect_to: control.approve(link) ?? null });
  });
  router.post('/sandbox/tokens/expire', (_request, response) => {
    control.expireTokens();
    response.json({ ok: true });
  });

  router.get('/sandbox/faults', (_request, response) => response.json({ items: control.faults() }));
  router.post('/sandbox/faults', (request, response) => {
    response.status(201).json({ id: control.addFault(faultSchema.parse(request.body)) });
  });
  router.delete('/sandbox/faults{/:id}', (request, response) => {
    control.clearFaults(request.params['id']);
    response.json({ ok: true });
  });
  router.get('/sandbox/held', (_request, response) => response.json({ items: control.held() }));
  router.post('/sandbox/release', (request, response) => {
    const match = faultMatchSchema.parse(request.body ?? {});
    response.json({ released: control.release(match) });
  });

  router.post('/sandbox/model-scripts', (request, response) => {
    control.scriptModel(z.array(modelScriptSchema).parse(request.body));
    response.status(201).json({ ok: true });
  });
  router.delete('/sandbox/model-scripts', (_request, response) => {
    control.clearModelScripts();
    response.json({ ok: true });
  });

  router.put('/sandbox/endpoint', (request, response) => {
    control.setEndpoint(endpointSettingsSchema.parse(request.body));
    response.json({ ok: true });
  });

  router.post('/sandbox/data/reset', (_request, response) => {
    control.resetData();
    response.json({ ok: true });
  });
  router.delete('/sandbox/records', (_request, response) => {
    control.clearRecords();
    response.json({ ok: true });
  });
  router.post('/sandbox/reset', (_request, response) => {
    control.reset();
    response.json({ ok: true });
  });

  router.use(
    '/sandbox',
    (error: unknown, _request: Request, response: Response, next: NextFunction) => {
      if (response.headersSent) {
        next(error);
        return;
      }
      const message =
        error instanceof z.ZodError
          ? z.prettifyError(error)
          : error instanceof Error
            ? error.message
            : String(error);
      response.status(400).json({ error: message });
    },
  );
  return router;
}
