import type { JsonObject } from '@bufbuild/protobuf';
import { readText } from './read-data.ts';

/** What one account's tools work on: records as the provider shows them, the newest first. */
export interface AccountData {
  readonly self: { readonly name: string; readonly login: string; readonly address: string };
  /** By the names of `data/<connector>.json`. */
  readonly lists: Readonly<Record<string, JsonObject[]>>;
  /** Milliseconds: the time of the call. */
  now: number;
  /** For ids of what is written. */
  nextNumber: number;
}

/** The seed data of an account, dated back from `now`. */
export function seedData(connector: string, identifier: string, now: number): AccountData {
  const name = identifier.split('@')[0] ?? identifier;
  const self = {
    name,
    login: name.replace(/[^A-Za-z0-9-]+/g, '-'),
    address: identifier.includes('@')
      ? identifier
      : `${identifier.toLowerCase().replace(/[^a-z0-9._-]+/g, '-')}@sandbox.example`,
  };
  const lists = readSeed(`${connector}.json`, self, now);
  return { self, lists, now, nextNumber: 9_001 };
}

const placeholder = /\{(name|login|address|ago|ts)(?: (\d+))?(?: (\d+))?\}/g;

/** Texts of seed data may hold `{login}`, `{ago 4}` (a time four hours ago) and `{ts 4 1}` (the same, as Slack writes it). */
function readSeed(
  file: string,
  self: AccountData['self'],
  now: number,
): Record<string, JsonObject[]> {
  const filled = readText(file).replace(placeholder, (_all, word: string, hours, number) => {
    const time = now - Number(hours) * 3_600_000;
    if (word === 'ago') return new Date(time).toISOString();
    if (word === 'ts') return timestampOf(time, Number(number));
    return JSON.stringify(self[word as keyof typeof self]).slice(1, -1);
  });
  return JSON.parse(filled) as Record<string, JsonObject[]>;
}

/** Slack's timestamps: seconds and a counter, unique within a channel. */
export function timestampOf(time: number, number: number): string {
  return `${Math.floor(time / 1_000)}.${String(number).padStart(6, '0')}`;
}
