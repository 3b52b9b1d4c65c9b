import type { Response } from 'express';

/** What a person in a browser is told. */
export interface Page {
  readonly status: number;
  readonly title: string;
  readonly text: string;
  /** Seconds after which it is worth to try again. */
  readonly retryAfter?: number;
}

const style = `
  :root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: Canvas; color: CanvasText; }
  main { max-width: 32rem; margin: 1.5rem; padding: 2rem; border: 1px solid color-mix(in srgb, CanvasText 20%, Canvas); border-radius: 0.75rem; }
  h1 { margin: 0 0 0.5rem; font-size: 1.375rem; line-height: 1.25; text-wrap: balance; }
  p { margin: 0; overflow-wrap: anywhere; }
  footer { margin-top: 1.5rem; font-size: 0.875rem; opacity: 0.65; }
`;

export function sendPage(response: Response, page: Page): void {
  const { status, title, text, retryAfter } = page;
  if (retryAfter !== undefined) response.set('Retry-After', String(retryAfter));
  response.status(status).type('html').send(renderPage({ title, text }));
}

/** The whole document; everything that is put into it is escaped. */
export function renderPage({ title, text }: Pick<Page, 'title' | 'text'>): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Pawl</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(text)}</p>
<footer>Pawl</footer>
</main>
</body>
</html>
`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
