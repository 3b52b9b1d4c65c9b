import type { Json } from '@pawl/contracts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Marks that are not seen, or reorder what is, are shown as U+FFFD: two texts that look alike are alike. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** JSON for a person to read and change: what is not seen, or reorders what is, is written as an escape. */
export function readableJson(value: Json): string {
  return JSON.stringify(value, null, 2).replace(invisible, (mark) =>
    mark === '\n' ? mark : escapedUnits(mark),
  );
}

/** As JSON has it: what is beyond U+FFFF is two. */
function escapedUnits(mark: string): string {
  return Array.from({ length: mark.length }, (_, place) => {
    const unit = mark.charCodeAt(place).toString(16);
    return `\\u${unit.padStart(4, '0')}`;
  }).join('');
}

/** Text of several lines. */
export function escapeLines(text: string): string {
  return text.split('\n').map(escapeHtml).join('\n');
}

/** Text that stands in a page, or in an attribute between quotes, as what it is. */
export function escapeHtml(text: string): string {
  return text
    .replace(invisible, '\uFFFD')
    .replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
