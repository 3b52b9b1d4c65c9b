import { problems } from '@pawl/contracts';
import type { RequestHandler } from 'express';
import { escapeHtml } from '../http/escape-html.ts';
import { commonProblems, type Operation } from './operation.ts';
import { createOpenApiDocument } from './openapi.ts';
import { operations } from './operations.ts';

/** `GET /openapi.json` */
export function showApiDocument(): RequestHandler {
  const text = JSON.stringify(createOpenApiDocument());
  return (_request, response) => {
    response.type('json').send(text);
  };
}

/** `GET /docs`: the same for people, in a page that loads nothing and runs no script. */
export function showApiPage(): RequestHandler {
  const page = renderApi(Object.entries<Operation>(operations));
  return (_request, response) => {
    response.type('html').send(page);
  };
}

const style = `
  :root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5; }
  body { max-width: 54rem; margin: 2rem auto; padding: 0 1rem; }
  nav ul { columns: 2; padding-left: 1.25rem; }
  article { margin: 1.5rem 0; padding: 1rem 1.25rem; border: 1px solid color-mix(in srgb, CanvasText 20%, Canvas); border-radius: 0.5rem; }
  h3 { margin: 0; overflow-wrap: anywhere; }
  pre { padding: 0.75rem; overflow-x: auto; background: color-mix(in srgb, CanvasText 7%, Canvas); }
  dt { font-weight: 600; }
`;

type NamedOperation = readonly [name: string, operation: Operation];

function renderApi(all: readonly NamedOperation[]): string {
  const tags = [...new Set(all.map(([, { tag }]) => tag))];
  const links = all.map(
    ([name, { summary }]) => `<li><a href="#${escapeHtml(name)}">${escapeHtml(summary)}</a></li>`,
  );
  const sections = tags.map((tag) => {
    const articles = all.filter(([, operation]) => operation.tag === tag).map(renderOperation);
    return `<section><h2>${escapeHtml(tag)}</h2>${articles.join('')}</section>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The HTTP API · Pawl</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>The HTTP API</h1>
<p>Send an API key as <code>Authorization: Bearer &lt;key&gt;</code>. With every field of requests and answers, for machines: <a href="/openapi.json">openapi.json</a>.</p>
<nav aria-label="Operations"><ul>${links.join('')}</ul></nav>
${sections.join('')}
</main>
</body>
</html>
`;
}

function renderOperation([name, operation]: NamedOperation): string {
  const { method, path, summary, scope, query, body, answer } = operation;
  const codes = [...new Set([...(operation.problems ?? []), ...commonProblems(operation)])];
  const facts: [string, string][] = [
    ['Scope', `<code>${escapeHtml(scope)}</code>`],
    ...(query === undefined
      ? []
      : [['Query', listNames(Object.keys(query.shape))] as [string, string]]),
    ...(body === undefined
      ? []
      : ([
          ['Body', `<code>${escapeHtml(body.name)}</code>`],
          ['Example', `<pre>${escapeLines(JSON.stringify(body.example, null, 2))}</pre>`],
        ] as [string, string][])),
    ['Answer', escapeHtml(`${answer.status} ${'name' in answer ? answer.name : ''}`)],
    ['Errors', codes.map((code) => escapeHtml(`${problems[code].status} ${code}`)).join(', ')],
  ];
  const list = facts.map(([label, html]) => `<dt>${label}</dt><dd>${html}</dd>`);
  const title = `${method.toUpperCase()} ${path}`;
  return `<article id="${escapeHtml(name)}"><h3><code>${escapeHtml(title)}</code></h3><p>${escapeHtml(summary)}</p><dl>${list.join('')}</dl></article>`;
}

function listNames(names: readonly string[]): string {
  return names.map((name) => `<code>${escapeHtml(name)}</code>`).join(', ');
}

function escapeLines(text: string): string {
  return text.split('\n').map(escapeHtml).join('\n');
}
