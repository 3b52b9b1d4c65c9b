/** ISO 8601 in UTC, from milliseconds since 1970. */
export function instant(time: number): string {
  return new Date(time).toISOString();
}
