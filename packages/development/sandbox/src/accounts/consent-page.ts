import { readText } from '../tools/read-data.ts';

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

const template = readText('page.html');

function page(title: string, content: string): string {
  return template
    .replaceAll('{{title}}', () => escape(title))
    .replace('{{content}}', () => content);
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
