/**
 * JSON to be copied into a terminal or a program: what is not seen, or does something there (as the delete key does in a
 * terminal), is written as an escape. It says the same as without.
 */
export function plainJson(value: unknown, indentation?: number): string {
  return JSON.stringify(value, undefined, indentation).replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    // Within texts JSON has escaped line feeds already.
    (mark) => (mark === '\n' ? mark : escaped(mark)),
  );
}

function escaped(mark: string): string {
  return Array.from({ length: mark.length }, (_, place) => {
    const unit = mark.charCodeAt(place).toString(16);
    return String.raw`\u${unit.padStart(4, '0')}`;
  }).join('');
}
