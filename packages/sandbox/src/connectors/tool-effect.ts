const READING_WORDS = new Set(['get', 'list', 'fetch', 'search', 'compare', 'lookup', 'test']);

/**
 * Whether a call of the tool changes something. It knows only the sandbox's own catalogue:
 * a product that calls tools must not take its safety from here.
 */
export function toolWrites(connector: string, name: string): boolean {
  const words = name.slice(connector.length + 1).split('_');
  return !(words.some((word) => READING_WORDS.has(word)) || words.at(-1) === 'check');
}
