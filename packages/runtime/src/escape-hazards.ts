/**
 * Characters that a terminal obeys, that break lines for some readers, or that reorder what is shown: DEL and the C1
 * controls (U+009B begins escape sequences in one character), line and paragraph separators, and the marks that embed,
 * override and isolate directions. The C0 controls are not in it: JSON has them escaped.
 */
const hazards = /[\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]/g;

/** JSON with the same value and nothing raw in it that could steer a terminal: only strings may hold such characters. */
export function escapeHazards(json: string): string {
  return json.replace(
    hazards,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
