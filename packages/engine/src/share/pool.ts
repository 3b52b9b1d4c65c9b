/** How many tasks of one kind the live workers run at a time, in one shard. */
export interface Capacity {
  /** What one user alone gets. */
  readonly nominal: number;
  /** Slots beyond that, so that others find one while somebody has all that he may have. */
  readonly reserve: number;
  /** The most that one group of a tenant may hold; 0: no such limit. Webhooks have one for each receiver. */
  readonly groupLimit: number;
}

/** Shares that are held: by everybody, by one tenant, and by one group of that tenant. */
export interface Holding {
  readonly all: number;
  readonly tenant: number;
  readonly group: number;
}

/**
 * Whether one more share may go to a group of a tenant.
 *
 * The threshold moves with what is free, as in switches that share one memory among their ports (Choudhury and Hahne,
 * "Dynamic queue length thresholds for shared-memory packet switches", 1998): a tenant may take a share while it holds
 * less than `a` times the free slots, and a group of it while it holds less than `b` times what is left of that. With
 * C nominal slots, R in reserve and a = (2C + R) / R, b = C / (C + R):
 *
 * - one user alone gets exactly C, and leaves R free;
 * - a tenant with any number of users gets at most C + R / 2;
 * - whoever holds nothing finds a free slot, however much others want, as long as there are few such others.
 *
 * A tenant may hold more than its part once others have come. Its users who hold nothing must not wait for those who
 * hold much: each may take a first share while more than a quarter of the reserve is free, up to C + R / 2 for the tenant.
 *
 * Without fractions, so that it is computed alike in Lua (`packages/queue/lua/shares.lua`).
 */
export function mayTakeShare({ nominal, reserve, groupLimit }: Capacity, held: Holding): boolean {
  const slots = nominal + reserve;
  const free = slots - held.all;
  if (free <= 0 || (groupLimit > 0 && held.group >= groupLimit)) return false;
  const most = 2 * nominal + reserve;
  const isFirst = held.group === 0 && nominal > 0;
  if (isFirst && 4 * free > reserve && 2 * held.tenant < most) return true;
  const room = most * free - reserve * held.tenant;
  return held.group * slots * reserve < nominal * room;
}

/** Whose share a task takes: a tenant, and within it a user, or the origin that a webhook goes to. */
export interface ShareOwner {
  readonly tenant: string;
  readonly group: string;
}

interface ShareTask extends ShareOwner {
  readonly id: string;
  /** The lowest comes first among the tasks of one group. */
  readonly priority: number;
  /** Of two tasks of one priority, that of a job that has begun comes first: jobs end in the order in which they came. */
  readonly hasBegun?: boolean | undefined;
}

interface Parked extends ShareTask {
  /** Counts the arrivals in the pool: of two tasks the one that came first is served first. */
  readonly arrival: number;
}

/**
 * Where the shares of one kind of task are, in one shard: which tasks hold one, which are parked until they get one,
 * and how far each owner has been served.
 *
 * The order of service is start-time fair queueing (Goyal, Vin and Cheng, 1996), for tenants, and for the groups of
 * each tenant: every share that an owner gets moves its `served` on by one, from where the pool stands at least. The
 * next share goes to the owner that was served least of those that may take one. Who was away starts where the pool
 * stands: nobody saves up.
 */
export interface SharePool {
  readonly held: Readonly<Record<string, ShareOwner>>;
  readonly parked: readonly Parked[];
  /** By tenant, and by tenant and group: only those who hold a share or wait for one. */
  readonly served: Readonly<Record<string, number>>;
  /** The virtual time of the pool, and of each tenant for its groups. */
  readonly standing: Readonly<Record<string, number>>;
  readonly arrivals: number;
}

export const emptyPool: SharePool = {
  held: {},
  parked: [],
  served: {},
  standing: {},
  arrivals: 0,
};

interface Entered {
  readonly pool: SharePool;
  readonly outcome: 'granted' | 'parked';
}

/**
 * A task wants to run now: it gets a share, or is parked until it gets one. Asking again changes nothing, and answers
 * the same.
 */
export function enterPool(pool: SharePool, task: ShareTask, capacity: Capacity): Entered {
  if (pool.held[task.id] !== undefined) return { pool, outcome: 'granted' };
  if (isParked(pool, task.id)) return { pool, outcome: 'parked' };
  const arrived = arrive(pool, task);
  const isFirst = !pool.parked.some((other) => groupKeyOf(other) === groupKeyOf(task));
  if (isFirst && mayTake(arrived, task, capacity)) {
    return { pool: grant(arrived, task), outcome: 'granted' };
  }
  const arrivals = pool.arrivals + 1;
  const parked = [...pool.parked, { ...task, arrival: arrivals }];
  return { pool: { ...arrived, parked, arrivals }, outcome: 'parked' };
}

/** The same for a task that runs already, since its time has come: it is not parked where it gets no share. */
export function tryPool(
  pool: SharePool,
  task: ShareTask,
  capacity: Capacity,
): { readonly pool: SharePool; readonly taken: boolean } {
  const { pool: after, outcome } = enterPool(pool, task, capacity);
  return outcome === 'granted' ? { pool: after, taken: true } : { pool, taken: false };
}

/** The task needs its share no more, or its place among the parked. */
export function leavePool(pool: SharePool, id: string): SharePool {
  const owner = pool.held[id] ?? pool.parked.find((task) => task.id === id);
  if (owner === undefined) return pool;
  const { [id]: _, ...held } = pool.held;
  return forget({ ...pool, held, parked: pool.parked.filter((task) => task.id !== id) }, owner);
}

interface Dispatched {
  readonly pool: SharePool;
  /** The tasks that got a share, in their order. */
  readonly granted: readonly string[];
}

/** Gives what is free to those who wait, the least served first, for as long as one of them may take it. */
export function dispatch(pool: SharePool, capacity: Capacity): Dispatched {
  const granted: string[] = [];
  let current = pool;
  for (let next = pick(current, capacity); next !== undefined; next = pick(current, capacity)) {
    const { id } = next;
    current = grant({ ...current, parked: current.parked.filter((task) => task.id !== id) }, next);
    granted.push(id);
  }
  return { pool: current, granted };
}

function pick(pool: SharePool, capacity: Capacity): Parked | undefined {
  const allowed = pool.parked.filter((task) => mayTake(pool, task, capacity));
  const [first] = allowed.toSorted(
    (one, other) =>
      servedOf(pool, one.tenant) - servedOf(pool, other.tenant) ||
      compareText(one.tenant, other.tenant) ||
      servedOf(pool, groupKeyOf(one)) - servedOf(pool, groupKeyOf(other)) ||
      compareText(one.group, other.group) ||
      one.priority - other.priority ||
      Number(other.hasBegun ?? false) - Number(one.hasBegun ?? false) ||
      one.arrival - other.arrival,
  );
  return first;
}

function mayTake({ held }: SharePool, owner: ShareOwner, capacity: Capacity): boolean {
  const holders = Object.values(held);
  const ofTenant = holders.filter(({ tenant }) => tenant === owner.tenant);
  return mayTakeShare(capacity, {
    all: holders.length,
    tenant: ofTenant.length,
    group: ofTenant.filter(({ group }) => group === owner.group).length,
  });
}

/** An owner that had nothing parked begins at the pool's virtual time, if it was served less than that. */
function arrive(pool: SharePool, { tenant, group }: ShareOwner): SharePool {
  const groupKey = groupKeyOf({ tenant, group });
  const waits = pool.parked.some((task) => task.tenant === tenant);
  const groupWaits = pool.parked.some((task) => groupKeyOf(task) === groupKey);
  const served = { ...pool.served };
  if (!waits) served[tenant] = Math.max(servedOf(pool, tenant), pool.standing[''] ?? 0);
  if (!groupWaits)
    served[groupKey] = Math.max(servedOf(pool, groupKey), pool.standing[tenant] ?? 0);
  return { ...pool, served };
}

function grant(pool: SharePool, { id, tenant, group }: ShareTask): SharePool {
  const groupKey = groupKeyOf({ tenant, group });
  const start = Math.max(servedOf(pool, tenant), pool.standing[''] ?? 0);
  const groupStart = Math.max(servedOf(pool, groupKey), pool.standing[tenant] ?? 0);
  return {
    ...pool,
    held: { ...pool.held, [id]: { tenant, group } },
    served: { ...pool.served, [tenant]: start + 1, [groupKey]: groupStart + 1 },
    standing: { ...pool.standing, '': start, [tenant]: groupStart },
  };
}

/** Nothing is kept of owners who hold nothing and wait for nothing. */
function forget(pool: SharePool, { tenant, group }: ShareOwner): SharePool {
  const owners: readonly ShareOwner[] = [...Object.values(pool.held), ...pool.parked];
  if (owners.length === 0) return emptyPool;
  const groupKey = groupKeyOf({ tenant, group });
  const served = { ...pool.served };
  const standing = { ...pool.standing };
  if (!owners.some((owner) => groupKeyOf(owner) === groupKey)) delete served[groupKey];
  if (!owners.some((owner) => owner.tenant === tenant)) {
    delete served[tenant];
    delete standing[tenant];
  }
  return { ...pool, served, standing };
}

function isParked({ parked }: SharePool, id: string): boolean {
  return parked.some((task) => task.id === id);
}

function servedOf({ served }: SharePool, name: string): number {
  return served[name] ?? 0;
}

function groupKeyOf({ tenant, group }: ShareOwner): string {
  return `${tenant}\n${group}`;
}

/** By bytes, as Redis orders members of equal score. */
function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
