import { BlockList, isIP } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether a host, as in `HOST` or in a URL, is this machine only. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  const family = isIP(name);
  if (family === 0) return name === 'localhost' || name.endsWith('.localhost');
  return loopback.check(name, family === 4 ? 'ipv4' : 'ipv6');
}

/** The name in a `Host` header, without its port; undefined where it is none. */
export function hostnameOf(authority: string | undefined): string | undefined {
  const text = `http://${authority ?? ''}`;
  return URL.canParse(text) ? new URL(text).hostname : undefined;
}
