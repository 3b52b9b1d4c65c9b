/** Whether two addresses are one origin; the loopback's names count as one. */
export function isSameOrigin(one: URL, other: URL): boolean {
  if (one.origin === other.origin) return true;
  return (
    one.protocol === other.protocol &&
    one.port === other.port &&
    isLoopback(one) &&
    isLoopback(other)
  );
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
