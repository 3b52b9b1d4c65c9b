import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Capacity,
  dispatch,
  emptyPool,
  enterPool,
  type Holding,
  leavePool,
  mayTakeShare,
  type SharePool,
  tryPool,
} from './pool.ts';

const sizes = Array.from({ length: 13 }, (_, nominal) =>
  Array.from({ length: 8 }, (_each, reserve) => ({ nominal, reserve, groupLimit: 0 })),
).flat();

/** How many shares each gets when all of them want as many as they may have: names are tenant and group. */
function fill(capacity: Capacity, owners: readonly { tenant: string; group: string }[]): number[] {
  const held = owners.map(() => 0);
  const sum = (belongs: (owner: { tenant: string; group: string }) => boolean) =>
    owners.reduce((total, owner, place) => total + (belongs(owner) ? (held[place] ?? 0) : 0), 0);
  for (let moved = true; moved;) {
    moved = false;
    for (const [place, owner] of owners.entries()) {
      const holding = {
        all: sum(() => true),
        tenant: sum(({ tenant }) => tenant === owner.tenant),
        group: held[place] ?? 0,
      };
      if (!mayTakeShare(capacity, holding)) continue;
      held[place] = holding.group + 1;
      moved = true;
    }
  }
  return held;
}

function* refusals(): Generator<[Capacity, Holding]> {
  for (const capacity of sizes) {
    for (let all = 0; all <= capacity.nominal + capacity.reserve; all += 1) {
      for (let tenant = 0; tenant <= all; tenant += 1) {
        for (let group = 0; group <= tenant; group += 1) {
          const held = { all, tenant, group };
          if (!mayTakeShare(capacity, held)) yield [capacity, held];
        }
      }
    }
  }
}

const total = (held: readonly number[]) => held.reduce((sum, each) => sum + each, 0);
const tenants = (count: number) =>
  Array.from({ length: count }, (_, number) => ({ tenant: `tenant-${number}`, group: 'user' }));
const users = (count: number) =>
  Array.from({ length: count }, (_, number) => ({ tenant: 'tenant', group: `user-${number}` }));

test('one user alone gets exactly what is nominal', () => {
  for (const capacity of sizes) expect(fill(capacity, users(1))).toEqual([capacity.nominal]);
});

test('a tenant with many users gets half of the reserve at most', () => {
  for (const capacity of sizes) {
    const { nominal, reserve } = capacity;
    const most = nominal === 0 ? 0 : nominal + Math.ceil(reserve / 2);
    expect(total(fill(capacity, users(20)))).toBeLessThanOrEqual(most);
  }
});

test('users and tenants who want the same get the same, but for one', () => {
  for (const capacity of sizes) {
    for (const owners of [users(3), tenants(3), tenants(7)]) {
      const held = fill(capacity, owners);
      expect(Math.max(...held) - Math.min(...held)).toBeLessThanOrEqual(1);
    }
  }
});

test('who holds nothing may take whatever is free', () => {
  for (const capacity of sizes) {
    const slots = capacity.nominal + capacity.reserve;
    for (let all = 0; all <= slots; all += 1) {
      const mayTake = mayTakeShare(capacity, { all, tenant: 0, group: 0 });
      expect(mayTake).toBe(capacity.nominal > 0 && all < slots);
    }
  }
});

test('whoever holds more finds it harder', () => {
  for (const [capacity, { all, tenant, group }] of refusals()) {
    for (const more of [
      { all: all + 1, tenant, group },
      { all, tenant: tenant + 1, group },
      { all, tenant, group: group + 1 },
    ]) {
      expect(mayTakeShare(capacity, more)).toBe(false);
    }
  }
});

test('with the default slots, fourteen tenants that hang leave one free for the next', () => {
  const capacity = { nominal: 50, reserve: 25, groupLimit: 0 };
  expect(total(fill(capacity, tenants(14)))).toBeLessThan(75);
  expect(total(fill(capacity, [...users(30), ...tenants(1)]))).toBeLessThan(75);
});

test('a user who holds nothing starts although its tenant holds more than its part', () => {
  const capacity = { nominal: 50, reserve: 25, groupLimit: 0 };
  // One user of the tenant came first, then another tenant's took all that was left for it.
  const held = { all: 50 + 16, tenant: 50 };
  expect(mayTakeShare(capacity, { ...held, group: 0 })).toBe(true);
  expect(mayTakeShare(capacity, { ...held, group: 1 })).toBe(false);
  expect(mayTakeShare(capacity, { all: 69, tenant: 53, group: 0 })).toBe(false);
});

test('a group never gets more than its limit', () => {
  const capacity = { nominal: 50, reserve: 25, groupLimit: 10 };
  expect(fill(capacity, users(2))).toEqual([10, 10]);
});

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
