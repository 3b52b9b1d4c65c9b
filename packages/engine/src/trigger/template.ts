import type { Json } from '@pawl/contracts';

/** What has come: the payload, and the headers that may be spoken of, by names in lower case. */
export interface TriggerInput {
  readonly payload: Json;
  readonly headers: Readonly<Record<string, string>>;
}

type Piece =
  | { readonly kind: 'text'; readonly text: string }
  /** `isOptional`: where there is nothing, it stands for no text. */
  | { readonly kind: 'place'; readonly place: string; readonly isOptional: boolean };

export type ParsedTemplate = readonly Piece[];

const mostPlaces = 100;
const placeholder = /\{\{\s*((?:\/(?:[^~{}]|~[01])*)?|header:[a-z0-9-]{1,100})\s*\}\}/g;

/**
 * The pieces of a template: text, and places such as `{{/issue/title}}`, `{{/issue/body?}}` where it may be missing,
 * `{{}}` for the whole payload and `{{header:x-github-event}}`. Nothing is evaluated. A text says what is wrong with it.
 */
export function parseTemplate(template: string): ParsedTemplate | string {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of template.matchAll(placeholder)) {
    pieces.push({ kind: 'text', text: template.slice(from, match.index) });
    const given = (match[1] ?? '').trim();
    const isOptional = given.endsWith('?');
    const place = isOptional ? given.slice(0, -1) : given;
    pieces.push({ kind: 'place', place, isOptional });
    from = match.index + match[0].length;
  }
  pieces.push({ kind: 'text', text: template.slice(from) });
  const texts = pieces.flatMap((piece) => (piece.kind === 'text' ? [piece.text] : []));
  if (texts.some((text) => text.includes('{{'))) {
    return 'has {{ that begins no place such as {{/issue/title}} or {{header:x-github-event}}';
  }
  if (pieces.length - texts.length > mostPlaces) return `names more than ${mostPlaces} places`;
  return pieces.filter((piece) => piece.kind === 'place' || piece.text !== '');
}

export type Rendered =
  | { readonly kind: 'rendered'; readonly text: string }
  /** Nothing stands at this place. */
  | { readonly kind: 'missing'; readonly place: string };

/** Fills the places of a template with what stands there, each as `show` makes it. */
export function renderTemplate(
  template: ParsedTemplate,
  input: TriggerInput,
  show: (value: string, place: string) => string,
): Rendered {
  let text = '';
  for (const piece of template) {
    if (piece.kind === 'text') text += piece.text;
    else {
      const value = valueAt(input, piece.place);
      if (value === undefined && !piece.isOptional) return { kind: 'missing', place: piece.place };
      if (value !== undefined) text += show(textOf(value), piece.place);
    }
  }
  return { kind: 'rendered', text };
}

/** What stands at a place: by RFC 6901 in the payload, or a header. Undefined: nothing. */
export function valueAt({ payload, headers }: TriggerInput, place: string): Json | undefined {
  if (place.startsWith('header:')) {
    const name = place.slice('header:'.length);
    return Object.hasOwn(headers, name) ? headers[name] : undefined;
  }
  let value: Json | undefined = payload;
  for (const part of place.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) value = /^(0|[1-9]\d*)$/.test(key) ? value[Number(key)] : undefined;
    else value = Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
