import { randomBytes } from 'node:crypto';
import express, { Router } from 'express';
import { effectKey, keptArguments } from '../control/records.ts';
import type { SandboxParts } from '../sandbox-parts.ts';

const readingMethods = new Set(['GET', 'HEAD']);

/**
 * `/proxy/…`, which `actions.request` calls: it checks token and account like the RPCs, answers
 * what it was asked, and counts every method but GET and HEAD as an effect.
 */
export function proxyRoute({ accounts, tokens, records, now }: SandboxParts): Router {
  const router = Router();
  router.use('/proxy', express.json({ limit: '1mb' }), (request, response) => {
    if (!tokens.accepts(request.headers.authorization)) {
      response.status(401).json({ message: 'missing, unknown or expired access token' });
      return;
    }
    const connection = request.get('connection_name') ?? '';
    const identifier = request.get('identifier') ?? '';
    const account = accounts.find(connection, identifier);
    if (!account) {
      response.status(404).json({ message: `connected account not found on ${connection}` });
      return;
    }
    if (account.status !== 'ACTIVE') {
      response.status(401).json({ message: `the connected account is ${account.status}` });
      return;
    }
    const { method, path } = request;
    const body: unknown = request.body ?? null;
    if (!readingMethods.has(method)) {
      const call = {
        tool: `proxy ${method} ${path}`,
        identifier,
        connection,
        arguments: keptArguments({ body: JSON.stringify(body) }),
        agentRunId: undefined,
      };
      records.countEffect({
        ...call,
        key: effectKey(call),
        executionId: `exec_${randomBytes(10).toString('hex')}`,
        time: new Date(now()).toISOString(),
      });
    }
    response.json({ sandbox: true, method, path, query: request.query, body });
  });
  return router;
}
