import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  dispatch,
  emptyPool,
  enterPool,
  leavePool,
  tryPool,
  type SharePool,
} from './share-pool.ts';
import { mayTakeShare, type Capacity } from './share-rule.ts';

const capacities: fc.Arbitrary<Capacity> = fc.record({
  nominal: fc.integer({ min: 1, max: 6 }),
  reserve: fc.integer({ min: 0, max: 4 }),
  groupLimit: fc.constantFrom(0, 0, 2),
});
interface Step {
  readonly kind: 'enter' | 'try' | 'leave';
  readonly place: number;
  readonly tenant: string;
  readonly group: string;
  readonly priority: number;
}

const arrivals: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('enter' as const, 'enter' as const, 'try' as const, 'leave' as const),
    place: fc.nat(30),
    tenant: fc.constantFrom('a', 'b', 'c'),
    group: fc.constantFrom('x', 'y'),
    priority: fc.constantFrom(0, 0, 3),
  }),
  { maxLength: 60 },
);

function runAll(capacity: Capacity, steps: readonly Step[]): SharePool[] {
  let pool = emptyPool;
  return steps.map(({ kind, place, ...task }, number) => {
    if (kind === 'leave') {
      const held = Object.keys(pool.held);
      const id = held[place % Math.max(1, held.length)] ?? '';
      pool = dispatch(leavePool(pool, id), capacity).pool;
    } else {
      const step = kind === 'enter' ? enterPool : tryPool;
      pool = step(pool, { ...task, id: `task-${number}` }, capacity).pool;
    }
    return pool;
  });
}

function holdingOf({ held }: SharePool, { tenant, group }: { tenant: string; group: string }) {
  const holders = Object.values(held);
  const ofTenant = holders.filter((owner) => owner.tenant === tenant);
  const ofGroup = ofTenant.filter((owner) => owner.group === group);
  return { all: holders.length, tenant: ofTenant.length, group: ofGroup.length };
}

test('no more run than there are slots, and nobody waits who could run', () => {
  const property = fc.property(capacities, arrivals, (capacity, steps) => {
    for (const pool of runAll(capacity, steps)) {
      const slots = capacity.nominal + capacity.reserve;
      expect(Object.keys(pool.held).length).toBeLessThanOrEqual(slots);
      for (const task of pool.parked) {
        expect(mayTakeShare(capacity, holdingOf(pool, task))).toBe(false);
      }
    }
  });
  fc.assert(property);
});

test('whoever waits gets a share once others have ended, and nothing is kept of anybody then', () => {
  const property = fc.property(capacities, arrivals, (capacity, steps) => {
    let pool = runAll(capacity, steps).at(-1) ?? emptyPool;
    const waiting = pool.parked.map(({ id }) => id);
    const started: string[] = [];
    for (let [id] = Object.keys(pool.held); id !== undefined; [id] = Object.keys(pool.held)) {
      const { pool: after, granted } = dispatch(leavePool(pool, id), capacity);
      started.push(...granted);
      pool = after;
    }
    expect(started.toSorted()).toEqual(waiting.toSorted());
    expect(pool).toEqual(emptyPool);
  });
  fc.assert(property);
});

test('as long as both wait, no tenant and no user of a tenant is served twice before the other', () => {
  const capacity = { nominal: 2, reserve: 0, groupLimit: 0 };
  const property = fc.property(
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 12 }),
    fc.array(fc.nat(1), { minLength: 40, maxLength: 40 }),
    fc.boolean(),
    (first, second, ends, areTenants) => {
      let pool = emptyPool;
      const enter = (count: number, name: string) => {
        for (let number = 0; number < count; number += 1) {
          const owner = areTenants ? { tenant: name, group: 'x' } : { tenant: 't', group: name };
          pool = enterPool(pool, { id: `${name}${number}`, priority: 0, ...owner }, capacity).pool;
        }
      };
      enter(first + 2, 'a');
      enter(second, 'b');
      let order = '';
      for (const end of ends) {
        const id = Object.keys(pool.held)[end] ?? Object.keys(pool.held)[0];
        if (id === undefined) break;
        const { pool: after, granted } = dispatch(leavePool(pool, id), capacity);
        order += granted.map((task) => task[0]).join('');
        pool = after;
      }
      const together = Math.min(first, second) * 2;
      expect(order.slice(0, together)).not.toMatch(/aaa|bbb/);
      expect(Math.abs(order.slice(0, together).split('a').length - 1 - together / 2)).toBeLessThan(
        2,
      );
    },
  );
  fc.assert(property);
});

test('who was away gets no more than others for it', () => {
  const capacity = { nominal: 1, reserve: 0, groupLimit: 0 };
  let pool = emptyPool;
  const enter = (id: string, tenant: string) => {
    pool = enterPool(pool, { id, tenant, group: 'x', priority: 0 }, capacity).pool;
  };
  const end = () => {
    const { pool: after, granted } = dispatch(
      leavePool(pool, Object.keys(pool.held)[0] ?? ''),
      capacity,
    );
    pool = after;
    return granted[0]?.[0] ?? '';
  };
  for (let number = 0; number < 40; number += 1) enter(`a${number}`, 'a');
  for (let number = 0; number < 20; number += 1) end();
  for (let number = 0; number < 10; number += 1) enter(`b${number}`, 'b');
  expect(Array.from({ length: 8 }, end).join('')).toMatch(/^(ab|ba)+$/);
});

test('asking again changes nothing', () => {
  const property = fc.property(capacities, arrivals, (capacity, steps) => {
    const pool = runAll(capacity, steps).at(-1) ?? emptyPool;
    for (const [id, owner] of Object.entries(pool.held)) {
      const again = enterPool(pool, { id, ...owner, priority: 0 }, capacity);
      expect(again).toEqual({ pool, outcome: 'granted' });
    }
    for (const task of pool.parked) {
      expect(enterPool(pool, task, capacity)).toEqual({ pool, outcome: 'parked' });
    }
  });
  fc.assert(property);
});
