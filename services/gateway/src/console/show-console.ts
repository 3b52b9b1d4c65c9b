import { randomBytes } from 'node:crypto';
import { type RequestHandler, type Response, Router } from 'express';
import type { Gateway } from '../gateway.ts';
import { escapeHtml } from '../http/escape-html.ts';
import { mount } from '../http/mount.ts';
import { notFound } from '../http/problem.ts';
import type { ConsoleAsset } from './console-files.ts';
import { beginSession, endSession, readSession } from './sessions.ts';

/** The first parts of the paths that the console knows: all of them are one page, which reads the path itself. */
const places = [
  'inbox',
  'jobs',
  'conversations',
  'agents',
  'schedules',
  'triggers',
  'deliveries',
  'accounts',
  'usage',
  'health',
  'keys',
  'playground',
];

/** The console: its page, the files that it loads, and the sessions of those who sign in. */
export function consoleSide(gateway: Gateway): Router {
  const router = Router();
  const page = showPage(gateway);
  mount(router, '/', { get: page });
  for (const place of places) {
    mount(router, `/${place}`, { get: page });
    mount(router, `/${place}/*rest`, { get: page });
  }
  mount(router, '/assets/:name', { get: showAsset(gateway) });
  mount(router, '/session', {
    get: readSession(gateway),
    post: beginSession(gateway),
    delete: endSession(gateway),
  });
  return router;
}

function showPage({ consoleFiles, publicUrl }: Gateway): RequestHandler {
  const { pathname } = new URL(publicUrl);
  const base = escapeHtml(pathname.endsWith('/') ? pathname : `${pathname}/`);
  return (_request, response) => {
    if (consoleFiles === undefined) {
      response.status(503).type('text').send(notBuilt);
      return;
    }
    const nonce = randomBytes(16).toString('base64');
    protect(response, nonce);
    response
      .type('html')
      .send(consoleFiles.page.replaceAll('__NONCE__', nonce).replaceAll('__BASE__', base));
  };
}

const notBuilt =
  'Pawl runs, and its API answers under /v1. The console was not built: run npm run build, and start the gateway again.\n';

/** The page runs its own files alone, and speaks with this gateway alone. */
function protect(response: Response, nonce: string): void {
  const directives = [
    "default-src 'none'",
    "script-src 'self'",
    // Dialogs keep the page behind them from scrolling by a style element of their own.
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ];
  response.set('Content-Security-Policy', directives.join('; '));
}

function showAsset({ consoleFiles }: Gateway): RequestHandler {
  return (request, response) => {
    const name = String(request.params['name']);
    const asset = consoleFiles?.assets.get(name);
    if (asset === undefined) throw notFound(`file ${name.slice(0, 200)}`);
    const [encoding, content] = encodedFor(request.acceptsEncodings(), asset);
    if (encoding !== undefined) response.set('Content-Encoding', encoding);
    response
      .set({
        'Cache-Control': 'public, max-age=31536000, immutable',
        'Content-Type': asset.type,
        Vary: 'Accept-Encoding',
      })
      .send(content);
  };
}

function encodedFor(
  accepted: readonly string[],
  { plain, brotli, gzip }: ConsoleAsset,
): [encoding: string | undefined, content: Buffer] {
  if (brotli !== undefined && accepted.includes('br')) return ['br', brotli];
  if (gzip !== undefined && accepted.includes('gzip')) return ['gzip', gzip];
  return [undefined, plain];
}
