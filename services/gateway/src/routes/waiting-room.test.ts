import { expect, test } from 'vitest';
import { createPlaces, type Place } from './waiting-room.ts';

const takeMany = (places: ReturnType<typeof createPlaces>, tenant: string, count: number) =>
  Array.from({ length: count }, () => places.take(tenant));
const kept = (taken: readonly (Place | undefined)[]) =>
  taken.filter((place) => place?.controller.signal.aborted === false).length;

test('a tenant that is alone may have every place, and no more', () => {
  const places = createPlaces(4);
  expect(kept(takeMany(places, 'a', 6))).toBe(4);
});

test('where there are no places, nobody gets one', () => {
  expect(kept(takeMany(createPlaces(0), 'a', 1))).toBe(0);
});

test('a tenant with fewer places gets those that the other has had for longest, up to its share', () => {
  const places = createPlaces(4);
  const first = takeMany(places, 'a', 4);
  const second = takeMany(places, 'b', 4);
  expect(kept(second)).toBe(2);
  expect(first.map((place) => place?.controller.signal.aborted)).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(kept(takeMany(places, 'a', 1))).toBe(0);
  expect(kept(takeMany(places, 'c', 2))).toBe(1);
  expect(kept([...first, ...second])).toBe(3);
});

test('a place that is left is free, and one that was lost is not left twice', () => {
  const places = createPlaces(2);
  const [lost, other] = takeMany(places, 'a', 2);
  const [taken] = takeMany(places, 'b', 1);
  if (lost === undefined || other === undefined || taken === undefined) throw new Error('no place');
  expect(lost.controller.signal.aborted).toBe(true);
  lost.leave();
  expect(kept(takeMany(places, 'a', 1))).toBe(0);
  taken.leave();
  expect(kept(takeMany(places, 'a', 2))).toBe(1);
});
