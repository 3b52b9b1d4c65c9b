const most = 2_000;

/** Keeps what tools write in bounds: above 2,000 the oldest goes. */
export function keepNewest(list: unknown[]): void {
  if (list.length > most) list.splice(0, list.length - most);
}
