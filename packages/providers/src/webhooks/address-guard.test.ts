import type { LookupFunction } from 'node:net';
import { expect, test } from 'vitest';
import { createAddressGuard, isAllowableHost, RefusedAddressError } from './address-guard.ts';

const never: LookupFunction = () => {
  throw new Error('nothing is to be resolved');
};

/** The host that a URL names, as an HTTP client sees it. */
const hostOf = (url: string) => new URL(url).hostname;

const internal = [
  'http://127.0.0.1',
  'http://127.1',
  'http://2130706433',
  'http://0x7f000001',
  'http://0177.0.0.1',
  'http://127.255.255.254',
  'http://0.0.0.0',
  'http://10.1.2.3',
  'http://172.16.0.1',
  'http://192.168.0.1',
  'http://169.254.169.254',
  'http://100.64.0.1',
  'http://224.0.0.1',
  'http://255.255.255.255',
  'http://240.0.0.1',
  'http://[::]',
  'http://[::1]',
  'http://[0:0:0:0:0:0:0:1]',
  'http://[::127.0.0.1]',
  'http://[4000::1]',
  'http://[::ffff:127.0.0.1]',
  'http://[::ffff:7f00:1]',
  'http://[::ffff:0:127.0.0.1]',
  'http://[64:ff9b::127.0.0.1]',
  'http://[64:ff9b:1::10.0.0.1]',
  'http://[2002:7f00:1::]',
  'http://[2001::1]',
  'http://[fe80::1]',
  'http://[fec0::1]',
  'http://[fc00::1]',
  'http://[fd00:ec2::254]',
  'http://[ff02::1]',
  'http://[::ffff:10.0.0.1]',
  'http://0x0a000001',
  'http://localhost',
  'http://LOCALHOST.',
  'http://app.localhost',
  'http://168.63.129.16',
  'http://[::ffff:168.63.129.16]',
  'http://100.100.100.200',
  'http://192.0.0.192',
  'http://161.26.0.10',
  'http://166.9.0.1',
  'http://199.36.153.9',
];

test.each(internal)('%s is refused without asking anybody', (url) => {
  expect(() => createAddressGuard([], never).checkHost(hostOf(url))).toThrow(RefusedAddressError);
});

test.each([
  'http://8.8.8.8',
  'http://[2606:4700:4700::1111]',
  'http://example.com',
  'http://localhost.example.com',
  'http://168.63.129.17',
])('%s is not refused by its text', (url) => {
  expect(() => createAddressGuard([], never).checkHost(hostOf(url))).not.toThrow();
});

test('what the operator allows by address or CIDR may be reached, mapped into IPv6 too', () => {
  const guard = createAddressGuard(['127.0.0.0/8', '10.1.2.3', 'fd00::/8'], never);
  for (const url of ['http://127.0.0.1', 'http://10.1.2.3', 'http://[fd00::1]']) {
    expect(() => guard.checkHost(hostOf(url))).not.toThrow();
  }
  expect(() => guard.checkHost(hostOf('http://[::ffff:127.0.0.1]'))).not.toThrow();
  for (const url of ['http://10.1.2.4', 'http://[::1]', 'http://192.168.0.1']) {
    expect(() => guard.checkHost(hostOf(url))).toThrow(RefusedAddressError);
  }
});

test('localhost may be reached where its name or the loopback address is allowed', () => {
  for (const allowed of ['localhost', '127.0.0.0/8', '::1']) {
    expect(() => createAddressGuard([allowed], never).checkHost('localhost')).not.toThrow();
  }
  for (const allowed of ['app.localhost', '10.0.0.0/8']) {
    expect(() => createAddressGuard([allowed], never).checkHost('localhost')).toThrow(
      'localhost is this machine',
    );
  }
});

test('a cloud’s own addresses may be reached where the operator allows them', () => {
  const guard = createAddressGuard(['168.63.129.16'], never);
  expect(() => guard.checkHost('168.63.129.16')).not.toThrow();
});

const resolvingTo =
  (...addresses: string[]): LookupFunction =>
  (_hostname, options, done) => {
    const all = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    if (options.all === true) done(null, all);
    else done(null, all[0]?.address ?? '', all[0]?.family);
  };

function resolve(lookup: LookupFunction, hostname: string, all: boolean): Promise<unknown> {
  return new Promise((done, fail) => {
    lookup(hostname, { all }, (error, answer) => {
      if (error === null) done(answer);
      else fail(error);
    });
  });
}

test.each([true, false])(
  'a name that stands for an internal address is refused (all: %s)',
  async (all) => {
    const guard = createAddressGuard([], resolvingTo('10.0.0.7'));
    const refusal = await resolve(guard.lookup, 'intranet.example', all).catch(String);
    expect(refusal).toBe('RefusedAddressError: Webhooks may not reach intranet.example.');
  },
);

test.each(['10.0.0.7', '127.0.0.1', '169.254.169.254', 'fd00::1', '168.63.129.16'])(
  'that a name stands for %s is told to the operator, and to nobody else',
  async (address) => {
    const told: unknown[] = [];
    const guard = createAddressGuard(
      [],
      resolvingTo(address),
      (refused) => void told.push(refused),
    );
    const refusal = await resolve(guard.lookup, 'intranet.example', true).catch(String);
    expect(refusal).toBe('RefusedAddressError: Webhooks may not reach intranet.example.');
    expect(told).toEqual([{ host: 'intranet.example', address, range: expect.any(String) }]);
  },
);

test('one internal address among public ones refuses the name', async () => {
  const guard = createAddressGuard([], resolvingTo('8.8.8.8', '::1'));
  await expect(resolve(guard.lookup, 'mixed.example', true)).rejects.toThrow(RefusedAddressError);
});

test('what is connected to is what was checked: a name is resolved once', async () => {
  const answers = ['8.8.8.8', '127.0.0.1'];
  const guard = createAddressGuard([], (hostname, options, done) =>
    resolvingTo(answers.shift() ?? '')(hostname, options, done),
  );
  expect(await resolve(guard.lookup, 'rebinding.example', false)).toBe('8.8.8.8');
  await expect(resolve(guard.lookup, 'rebinding.example', false)).rejects.toThrow(
    RefusedAddressError,
  );
});

test('allowed names may stand for anything, and only they', async () => {
  const guard = createAddressGuard(['Hooks.internal', '*.svc.local'], resolvingTo('10.0.0.7'));
  for (const name of ['hooks.internal', 'HOOKS.internal.', 'a.svc.local', 'a.b.svc.local']) {
    expect(await resolve(guard.lookup, name, false)).toBe('10.0.0.7');
  }
  for (const name of ['svc.local', 'xsvc.local', 'hooks.internal.example', 'x.hooks.internal']) {
    await expect(resolve(guard.lookup, name, false)).rejects.toThrow(RefusedAddressError);
  }
});

test('an allowed host is a name, an address or a CIDR', () => {
  for (const entry of ['localhost', '*.svc.local', '10.0.0.0/8', '::1', 'fd00::/8', 'a_b.c']) {
    expect([entry, isAllowableHost(entry)]).toEqual([entry, true]);
  }
  for (const entry of ['http://localhost', 'a b', '-a', 'a..b', '*', '10.0.0.0/33', 'a:80']) {
    expect([entry, isAllowableHost(entry)]).toEqual([entry, false]);
  }
});
