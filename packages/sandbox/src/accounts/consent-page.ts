const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

const pageStyle = `
  :root { color-scheme: light dark; --accent: #0b6b50; --line: #8886; }
  * { box-sizing: border-box; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem;
    font: 16px/1.5 system-ui, sans-serif; background: Canvas; color: CanvasText; }
  main { width: min(30rem, 100%); border: 1px solid var(--line); border-radius: 12px; overflow: hidden; }
  .banner { margin: 0; padding: .6rem 1.5rem; background: #f5c518; color: #201a00; font-weight: 600; }
  section { padding: 1.5rem; }
  h1 { margin: 0 0 1rem; font-size: 1.35rem; line-height: 1.25; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1rem; margin: 0 0 1rem; }
  dt { opacity: .7; } dd { margin: 0; overflow-wrap: anywhere; font-weight: 600; }
  form { display: flex; gap: .75rem; margin-top: 1.5rem; }
  button { flex: 1; padding: .7rem 1rem; border-radius: 8px; border: 1px solid var(--line);
    font: inherit; font-weight: 600; cursor: pointer; background: transparent; color: inherit; }
  button[value=approve] { background: var(--accent); border-color: var(--accent); color: #fff; }
  button:focus-visible { outline: 3px solid #2a7fff; outline-offset: 2px; }
  .note { font-size: .9rem; opacity: .8; margin: 0; }`;

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escape(title)} – Pawl sandbox</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
<p class="banner">Pawl sandbox: a stand-in for Scalekit. Nothing real is connected.</p>
<section>
<h1>${escape(title)}</h1>
${content}
</section>
</main>
</body>
</html>
`;
}

export interface ConsentDetails {
  readonly connection: string;
  readonly connector: string;
  readonly identifier: string;
  /** The application to which the browser returns, where there is one. */
  readonly returnHost: string | undefined;
  readonly expiresAt: number;
}

/** The page on which a person approves or denies access to one (made-up) account. */
export function consentPage(details: ConsentDetails): string {
  const returns =
    details.returnHost === undefined
      ? 'The account becomes active at once.'
      : `Then your browser returns to ${escape(details.returnHost)}.`;
  return page(
    `Allow access to ${details.connector}?`,
    `<dl>
<dt>Connection</dt><dd>${escape(details.connection)}</dd>
<dt>User</dt><dd>${escape(details.identifier)}</dd>
<dt>Link valid until</dt><dd>${escape(new Date(details.expiresAt).toISOString())}</dd>
</dl>
<p class="note">The data behind it is made up and stays on this machine. ${returns}</p>
<form method="post">
<button name="decision" value="approve">Approve</button>
<button name="decision" value="deny">Deny</button>
</form>`,
  );
}

/** A page that only says something. */
export function noticePage(title: string, text: string): string {
  return page(title, `<p>${escape(text)}</p>`);
}
