import { ShortLivedMap } from '@pawl/contracts';

/**
 * Reads of the same thing within one turn of the event loop are one command: it is sent when that turn ends, so whoever
 * asks before that is told what holds after he asked.
 */
export function shareReads<Value>(
  read: (name: string) => Promise<Value>,
): (name: string) => Promise<Value> {
  const underWay = new ShortLivedMap<string, Promise<Value>>();
  return (name) => {
    const shared = underWay.get(name);
    if (shared !== undefined) return shared;
    const value = read(name);
    underWay.set(name, value);
    process.nextTick(() => underWay.delete(name));
    return value;
  };
}
