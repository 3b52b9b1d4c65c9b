import { readFileSync } from 'node:fs';

const folder = new URL('../../data/', import.meta.url);

/** The text of a file of `data/`. */
export function readText(file: string): string {
  return readFileSync(new URL(file, folder), 'utf8');
}

/** What a JSON file of `data/` holds, read anew: whoever gets it may change it. */
export function readData(file: string): unknown {
  return JSON.parse(readText(file));
}
