import type { Response } from 'express';
import { escapeHtml } from '../http/escape-html.ts';

/** What a person in a browser is told. */
export interface Page {
  readonly status: number;
  readonly title: string;
  readonly text: string;
  /** Labels and values, such as whose account it is about. */
  readonly facts?: readonly (readonly [label: string, value: string])[];
  /** What to be careful about, after the facts. */
  readonly caution?: string;
  /** A button that posts to the page's own address. */
  readonly form?: PageForm;
  /** Seconds after which it is worth to try again. */
  readonly retryAfter?: number;
}

interface PageForm {
  readonly button: string;
  /** Said below the button: what comes next. */
  readonly hint: string;
  readonly fields: Readonly<Record<string, string>>;
  /**
   * Where the answer may redirect to besides this origin, as sources of a Content-Security-Policy: Chromium applies
   * `form-action` to redirects too.
   */
  readonly redirects: readonly string[];
}

const style = `
  :root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: Canvas; color: CanvasText; }
  main { max-width: 32rem; margin: 1.5rem; padding: 2rem; border: 1px solid color-mix(in srgb, CanvasText 20%, Canvas); border-radius: 0.75rem; }
  h1 { margin: 0 0 0.5rem; font-size: 1.375rem; line-height: 1.25; text-wrap: balance; overflow-wrap: anywhere; }
  p { margin: 0; overflow-wrap: anywhere; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1rem; margin: 1rem 0; }
  dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
  button { margin: 1.5rem 0 0.5rem; padding: 0.75rem 1.5rem; border: 0; border-radius: 0.5rem; font: inherit; font-weight: 600; color: #fff; background: #0b6b50; cursor: pointer; }
  button:focus-visible { outline: 3px solid #2a7fff; outline-offset: 2px; }
  footer { margin-top: 1.5rem; font-size: 0.875rem; opacity: 0.65; }
`;

/** A page whose parts are made elsewhere. */
export interface Document {
  readonly title: string;
  /** HTML: whoever makes it has escaped what is put into it. */
  readonly parts: readonly string[];
  readonly style?: string;
}

export function sendPage(response: Response, page: Page): void {
  if (page.retryAfter !== undefined) response.set('Retry-After', String(page.retryAfter));
  if (page.form !== undefined) allowForm(response, page.form.redirects);
  response.status(page.status).type('html').send(renderPage(page));
}

/**
 * Lets this answer's form be sent to its own origin, and its redirect be followed. With the policy `no-referrer` the
 * browser would send `Origin: null` with the form, which no server can tell from another site's.
 */
export function allowForm(response: Response, redirects: readonly string[] = []): void {
  const policy = String(response.getHeader('Content-Security-Policy') ?? '');
  response.set({
    'Content-Security-Policy': policy.replace(
      "form-action 'none'",
      ["form-action 'self'", ...redirects].join(' '),
    ),
    'Referrer-Policy': 'same-origin',
  });
}

/** The whole document; everything that is put into it is escaped. */
export function renderPage(page: Omit<Page, 'status' | 'retryAfter'>): string {
  const { title, text, facts = [], caution, form } = page;
  const rows = facts.map(
    ([label, value]) => `<dt>${escapeHtml(label)}</dt><dd><bdi>${escapeHtml(value)}</bdi></dd>`,
  );
  const parts = [
    `<h1>${escapeHtml(title)}</h1>`,
    `<p>${escapeHtml(text)}</p>`,
    ...(rows.length > 0 ? [`<dl>${rows.join('')}</dl>`] : []),
    ...(caution === undefined ? [] : [`<p><strong>${escapeHtml(caution)}</strong></p>`]),
    ...(form === undefined ? [] : [renderForm(form)]),
  ];
  return renderDocument({ title, parts });
}

/** A page of the browser side, in the look that all of them have. It needs no script. */
export function renderDocument({ title, parts, style: own = '' }: Document): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)} · Pawl</title>
<style>${style}${own}</style>
</head>
<body>
<main>
${parts.join('\n')}
<footer>Pawl</footer>
</main>
</body>
</html>
`;
}

function renderForm({ button, hint, fields }: PageForm): string {
  const hidden = Object.entries(fields).map(
    ([name, value]) =>
      `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  );
  return `<form method="post">${hidden.join('')}<button type="submit">${escapeHtml(button)}</button><p>${escapeHtml(hint)}</p></form>`;
}
