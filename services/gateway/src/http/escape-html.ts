const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Marks that are not seen, or reorder what is, are shown as U+FFFD: two texts that look alike are alike. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text that stands in a page, or in an attribute between quotes, as what it is. */
export function escapeHtml(text: string): string {
  return text
    .replace(invisible, '\uFFFD')
    .replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
