import { invalidField } from '../http/problem.ts';

/** How far the log of one shard was sent: so many events of this entry, and all before it. */
interface LogPlace {
  readonly entry: string;
  readonly events: number;
}

/** How far the logs of a tenant were sent, by shard. A shard that is not named was empty at the beginning. */
export type TenantPlace = Map<number, LogPlace>;

/** The place as the id of an event: for each shard its number, the entry and how many events of it, such as `0.1764-0.1`. */
export function formatPlace(place: TenantPlace): string {
  return [...place].map(([shard, { entry, events }]) => `${shard}.${entry}.${events}`).join('_');
}

/**
 * @param name the parameter or header that holds the text
 * @throws ProblemError where it is no place in a tenant's stream
 */
export function parsePlace(text: string, name: string): TenantPlace {
  if (text === '' || text === '0') return new Map();
  return new Map(
    text.split('_').map((part) => {
      const found = /^(\d{1,4})\.(\d{1,15}-\d{1,15})\.(\d{1,6})$/.exec(part);
      if (found === null) throw invalidField(name, 'must be the id of an event of this stream');
      return [Number(found[1]), { entry: found[2] ?? '', events: Number(found[3]) }];
    }),
  );
}

/** The older one first, for entries of several shards. */
export function compareEntries(one: string, other: string): number {
  const [a = 0, b = 0] = one.split('-').map(Number);
  const [c = 0, d = 0] = other.split('-').map(Number);
  return a - c || b - d;
}
