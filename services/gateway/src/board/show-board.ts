import { type Express, type Request, type Response, Router } from 'express';
import { z } from 'zod';
import type { Gateway } from '../gateway.ts';
import { forTenant } from '../http/authenticate.ts';
import { parseInput } from '../http/parse-input.ts';
import { notFound, ProblemError } from '../http/problem.ts';
import { note } from '../http/request-log.ts';
import { boardCaller } from './board-caller.ts';

/** Where the board is, below the public URL. */
const path = '/admin/queues';

/**
 * BullMQ's queues of all shards as bull-board shows them: for the operator, since they hold everybody's tasks. Whether
 * anything may be changed is decided here, before bull-board is asked.
 */
export function boardSide(gateway: Gateway): Router {
  const router = Router();
  let loaded: Promise<Express> | undefined;
  const load = () =>
    (loaded ??= loadBoard(gateway).catch((error: unknown) => {
      loaded = undefined;
      throw error;
    }));
  const show = forTenant(
    gateway,
    { scope: 'admin', isOperators: true },
    async (request, response) => {
      if (!gateway.settings.boardWrites && !reads.has(request.method)) throw readOnly();
      parseInput(BoardQuery, request.query);
      response.set('Content-Security-Policy', policy);
      await answer(await load(), request, response);
    },
    boardCaller,
  );
  router.use(path, (_request, response, next) => {
    note(response, { route: path });
    next();
  });
  router.use(path, show);
  return router;
}

/** What bull-board takes without a bound, or cannot read. */
const BoardQuery = z.looseObject({
  activeQueue: z
    .string()
    .refine(isDecodable, 'must be a name, encoded as in an address')
    .optional(),
  jobsPerPage: z.coerce.number().int().min(1).max(1_000).optional(),
});

function isDecodable(text: string): boolean {
  try {
    return decodeURIComponent(text) !== '';
  } catch {
    return false;
  }
}

const reads: ReadonlySet<string> = new Set(['GET', 'HEAD']);

function readOnly(): ProblemError {
  return new ProblemError(
    'method_not_allowed',
    'The board shows, and changes nothing: BULL_BOARD_WRITES is not set.',
    { headers: { Allow: [...reads].join(', ') } },
  );
}

/** Its own files, and styles that its scripts write. The font that it names elsewhere is not loaded. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Loaded with the first request, so that a gateway whose board nobody opens starts and stays as if there was none. */
async function loadBoard({ bullQueues, publicUrl, settings }: Gateway): Promise<Express> {
  const [{ createBullBoard }, { BullMQAdapter }, { ExpressAdapter }] = await Promise.all([
    import('@bull-board/api'),
    import('@bull-board/api/bullMQAdapter'),
    import('@bull-board/express'),
  ]);
  const serverAdapter = new ExpressAdapter();
  const { pathname } = new URL(publicUrl);
  serverAdapter.setBasePath(`${pathname.replace(/\/$/, '')}${path}`);
  const isSharded = bullQueues.some(({ shard }) => shard > 0);
  createBullBoard({
    serverAdapter,
    queues: bullQueues.map(
      ({ shard, queue }) =>
        new BullMQAdapter(queue, {
          readOnlyMode: !settings.boardWrites,
          // Queues of all shards have the same names.
          ...(isSharded ? { prefix: `shard-${shard}.`, delimiter: '.' } : {}),
        }),
    ),
    // Workers would be asked of Redis by CLIENT LIST, for each queue every few seconds.
    options: { uiConfig: { boardTitle: 'Pawl: queues', showWorkers: false } },
  });
  const board = serverAdapter.getRouter() as Express;
  return board.disable('x-powered-by').disable('etag');
}

function answer(board: Express, request: Request, response: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    response.once('close', resolve);
    board(request, response, (error: unknown) =>
      reject(error ?? notFound(`page ${request.path.slice(0, 200)} of the board`)),
    );
  });
}
