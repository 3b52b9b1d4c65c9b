import v8 from 'node:v8';
import vm from 'node:vm';
import { expect, test } from 'vitest';
import { ShortLivedMap, ShortLivedSet } from './short-lived.ts';

test('a map has what was set last, in the order in which the keys came', () => {
  const map = new ShortLivedMap<string, number | undefined>();
  map.set('a', 1).set('b', 2).set('c', undefined).set('a', 3);
  expect([...map.keys()]).toEqual(['a', 'b', 'c']);
  expect([...map.values()]).toEqual([3, 2, undefined]);
  expect([map.get('a'), map.has('c'), map.has('d'), map.size]).toEqual([3, true, false, 3]);
  expect([map.delete('a'), map.delete('a'), map.get('a'), map.size]).toEqual([
    true,
    false,
    undefined,
    2,
  ]);
  map.clear();
  expect([map.size, map.get('b')]).toEqual([0, undefined]);
});

test('a set has its members in the order in which they came, each until it is removed', () => {
  const set = new ShortLivedSet<string>();
  const removeFirst = set.add('same');
  set.add('other');
  set.add('same');
  removeFirst();
  removeFirst();
  expect([...set]).toEqual(['other', 'same']);
  expect(set.size).toBe(2);
});

function oldGeneration(): number {
  const spaces = v8.getHeapSpaceStatistics();
  return spaces.find(({ space_name: name }) => name === 'old_space')?.space_used_size ?? 0;
}

/** Bytes by which the old generation grows while so many values come and go. */
function growth(comeAndGo: (key: number, value: unknown) => void): number {
  v8.setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc') as (options?: { type: 'minor' }) => void;
  for (let key = 0; key < 8; key += 1) comeAndGo(key, {});
  // Whatever keeps the values is old from here on.
  collect();
  const before = oldGeneration();
  for (let key = 8; key < 20_000; key += 1) {
    comeAndGo(
      key,
      Array.from({ length: 100 }, () => key),
    );
    if (key % 1_000 === 0) collect({ type: 'minor' });
  }
  return oldGeneration() - before;
}

test('what has gone is garbage that needs no full collection', () => {
  const map = new ShortLivedMap<number, unknown>();
  const ofMap = growth((key, value) => {
    map.set(key, value);
    map.delete(key - 4);
  });
  const set = new ShortLivedSet<unknown>();
  const removals: (() => void)[] = [];
  const ofSet = growth((_key, value) => {
    removals.push(set.add(value));
    if (removals.length > 4) removals.shift()?.();
  });
  // The values have 16 MB together, which a plain Map keeps.
  expect(ofMap).toBeLessThan(6_000_000);
  expect(ofSet).toBeLessThan(6_000_000);
});
