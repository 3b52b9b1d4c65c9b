import { DomUtils, parseDocument } from 'htmlparser2';

/** A form as a browser would send it. */
export interface Form {
  readonly action: URL;
  readonly method: 'GET' | 'POST';
  readonly fields: URLSearchParams;
}

type Element = ReturnType<typeof DomUtils.getElementsByTagName>[number];

/** The form of a page whose submit button has this label, filled in as if that button had been pressed. */
export function findForm(html: string, page: URL, label: string): Form | undefined {
  for (const form of DomUtils.getElementsByTagName('form', parseDocument(html))) {
    const button = submitButtons(form).find((each) => isLabelled(each, label));
    if (button !== undefined) return filledIn(form, button, page);
  }
  return undefined;
}

function filledIn(form: Element, button: Element, page: URL): Form | undefined {
  const action = form.attribs['action'] || page.href;
  if (!URL.canParse(action, page.href)) return undefined;
  const hidden = DomUtils.getElementsByTagName('input', form).filter(
    ({ attribs }) => attribs['type']?.toLowerCase() === 'hidden',
  );
  const fields = [...hidden, button].flatMap(({ attribs }): [string, string][] =>
    attribs['name'] ? [[attribs['name'], attribs['value'] ?? '']] : [],
  );
  return {
    action: new URL(action, page.href),
    method: form.attribs['method']?.toLowerCase() === 'post' ? 'POST' : 'GET',
    fields: new URLSearchParams(fields),
  };
}

function submitButtons(form: Element): Element[] {
  const buttons = DomUtils.getElementsByTagName('button', form).filter(
    ({ attribs }) => !['button', 'reset'].includes(attribs['type']?.toLowerCase() ?? ''),
  );
  const inputs = DomUtils.getElementsByTagName('input', form).filter(
    ({ attribs }) => attribs['type']?.toLowerCase() === 'submit',
  );
  return [...buttons, ...inputs];
}

function isLabelled(button: Element, label: string): boolean {
  return [button.attribs['value'] ?? '', DomUtils.textContent(button)].some(
    (text) => text.trim().toLowerCase() === label.toLowerCase(),
  );
}
