import { expect, test } from 'vitest';
import { mayTakeShare, type Capacity, type Holding } from './share-rule.ts';

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

test('a group never gets more than its limit', () => {
  const capacity = { nominal: 50, reserve: 25, groupLimit: 10 };
  expect(fill(capacity, users(2))).toEqual([10, 10]);
});
