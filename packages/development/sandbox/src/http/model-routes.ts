import { timingSafeEqual } from 'node:crypto';
import express, { Router, type NextFunction, type Request, type Response } from 'express';
import { openAiError } from '../faults/apply-http-fault.ts';
import { ModelError } from '../model/model-error.ts';
import type { SandboxParts } from '../sandbox-parts.ts';
import { chatCompletion } from './chat-completion.ts';
import { strikeHttpFaults } from './fault-middleware.ts';

const listedModels = [
  'openai/gpt-4o-mini',
  'openai/gpt-4.1-mini',
  'anthropic/claude-sonnet-4.5',
  'google/gemini-2.5-flash',
  'meta-llama/llama-3.3-70b-instruct:free',
];

function hasKey(request: Request, apiKey: string): boolean {
  const given = Buffer.from(/^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '');
  const expected = Buffer.from(apiKey);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function answerError(error: unknown, response: Response): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (error instanceof ModelError) {
    const body = openAiError(error.status, error.message, error.code);
    response.status(error.status).json({ error: { ...body.error, param: error.param } });
    return;
  }
  const status = (error as { status?: number }).status ?? 500;
  response
    .status(status)
    .json(openAiError(status, error instanceof Error ? error.message : 'failed'));
}

/** The OpenAI-compatible endpoint of the stand-in model, under `/v1`. */
export function modelRoutes(parts: SandboxParts): Router {
  const router = Router();
  router.use('/v1', (request, response, next) => {
    if (hasKey(request, parts.apiKey)) {
      next();
      return;
    }
    const message = 'Incorrect API key provided: the sandbox prints its key when it starts';
    response.status(401).json(openAiError(401, message, 'invalid_api_key'));
  });
  router.get('/v1/models', strikeHttpFaults(parts, 'models'), (_request, response) => {
    const data = listedModels.map((id) => ({
      id,
      object: 'model',
      created: 0,
      owned_by: 'pawl-sandbox',
    }));
    response.json({ object: 'list', data });
  });
  router.post('/v1/chat/completions', express.json({ limit: '16mb' }), (request, response) =>
    chatCompletion(parts, request, response),
  );
  router.use('/v1', (request, response) => {
    response
      .status(404)
      .json(openAiError(404, `Unknown path: ${request.method} ${request.originalUrl}`));
  });
  router.use(
    '/v1',
    (error: unknown, _request: Request, response: Response, _next: NextFunction) => {
      answerError(error, response);
    },
  );
  return router;
}
