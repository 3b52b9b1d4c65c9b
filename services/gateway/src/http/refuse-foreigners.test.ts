import { expect, test } from 'vitest';
import { refusalOf } from './refuse-foreigners.ts';

const port = 3_000;
const own = { host: 'localhost:3000' };

const refused = (headers: Record<string, string>, httpVersion = '1.1') =>
  refusalOf({ headers: { ...own, ...headers }, httpVersion, port });

test.each([
  ['a local program', {}],
  ['the loopback address', { host: '127.0.0.1:3000' }],
  ['another loopback address', { host: '127.8.8.8:3000' }],
  ['IPv6', { host: '[::1]:3000' }],
  ['another spelling of the name', { host: 'LOCALHOST:3000' }],
  ['an address typed into a browser', { 'sec-fetch-site': 'none' }],
  [
    'a page of the gateway’s own',
    { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:3000' },
  ],
  ['Node’s fetch', { 'sec-fetch-mode': 'cors', 'user-agent': 'node', 'accept-language': '*' }],
])('%s is answered', (_what, headers) => expect(refused(headers)).toBeUndefined());

test.each([
  'evil.example:3000',
  'localhost.evil.example:3000',
  'app.localhost:3000',
  'localhost',
  'localhost:3001',
  'localhost:80',
  '127.0.0.1.nip.io:3000',
  '0.0.0.0:3000',
  '10.0.0.1:3000',
  'user@localhost:3000',
  'localhost:3000/path',
  'a b',
  '',
])('Host: %s is not this gateway', (host) => {
  expect(refused({ host })).toContain('only requests to localhost:3000');
});

test('a port of 80 may be left out', () => {
  expect(
    refusalOf({ headers: { host: 'localhost' }, httpVersion: '1.1', port: 80 }),
  ).toBeUndefined();
});

test.each([
  { origin: 'https://evil.example' },
  { origin: 'http://localhost:5173' },
  { origin: 'http://evil.localhost:3000' },
  { origin: 'https://localhost:3000' },
  { origin: 'http://127.0.0.1:3000' },
  { origin: 'null' },
  { origin: '' },
  { 'sec-fetch-site': 'same-site' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'anything' },
])('a web page is refused by %j', (headers) => {
  expect(refused(headers as Record<string, string>)).toContain('requests of web pages are refused');
});

test.each([
  'Via',
  'Forwarded',
  'X-Forwarded-For',
  'X-Forwarded',
  'X-Real-IP',
  'X-Client-IP',
  'Client-IP',
  'True-Client-IP',
  'X-Cluster-Client-IP',
  'CF-Connecting-IP',
  'CF-Ray',
  'CDN-Loop',
  'Fastly-Client-IP',
  'Fly-Client-IP',
  'DO-Connecting-IP',
  'Akamai-Origin-Hop',
  'X-Original-URL',
  'X-Original-Forwarded-For',
  'X-Envoy-External-Address',
  'X-Amzn-Trace-Id',
  'X-Azure-ClientIP',
  'X-Appengine-User-IP',
  'X-Cloud-Trace-Context',
  'X-Vercel-Id',
  'X-NF-Client-Connection-IP',
  'X-ProxyUser-Ip',
  'X-Varnish',
  'Tailscale-User-Login',
  'Ngrok-Trace-Id',
  'WL-Proxy-Client-IP',
  'Proxy-Connection',
  'Max-Forwards',
  'X-Scheme',
])('a proxy is known by %s', (name) => {
  expect(refused({ [name.toLowerCase()]: '203.0.113.9' })).toContain(name.toLowerCase());
});

test('a proxy that adds no header is known by HTTP/1.0, as nginx speaks by default', () => {
  expect(refused({ connection: 'close' }, '1.0')).toContain('HTTP/1.0');
});

test.each([
  'x-request-id',
  'traceparent',
  'idempotency-key',
  'x-requested-with',
  'user-agent',
  'accept',
  'prefer',
])('%s, as programs send it, is no sign of a proxy', (name) =>
  expect(refused({ [name]: 'value' })).toBeUndefined(),
);
