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
 * Without fractions, so that it is computed alike in Lua (`packages/queue/lua/shares.lua`).
 */
export function mayTakeShare({ nominal, reserve, groupLimit }: Capacity, held: Holding): boolean {
  const slots = nominal + reserve;
  const free = slots - held.all;
  if (free <= 0 || (groupLimit > 0 && held.group >= groupLimit)) return false;
  const room = (2 * nominal + reserve) * free - reserve * held.tenant;
  return held.group * slots * reserve < nominal * room;
}
