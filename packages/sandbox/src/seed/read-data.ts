import { readFileSync } from 'node:fs';

const folder = new URL('../../data/', import.meta.url);

/** What a file of `data/` holds, read anew: whoever gets it may change it. */
export function readData(file: string): unknown {
  return JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
}
