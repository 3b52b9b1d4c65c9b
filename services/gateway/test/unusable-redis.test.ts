import { readFile } from 'node:fs/promises';
import { connectRedis, requireRedis, whenRedisReady } from '@pawl/runtime';
import { startRedisProcess, startTcpProxy } from '@pawl/testing';
import { afterAll, expect, test } from 'vitest';
import { makeCertificates } from './harness/certificates.ts';

// A Redis that Pawl cannot work with is refused at the start: at once, and with a sentence.
const { ca, server, client } = await makeCertificates();
const own = '~{pawl:* &{pawl:* -@all';
const plain = await startRedisProcess({
  lines: [
    'databases 2',
    'unixsocket pawl.sock',
    `user reader on >right ${own} +@read +@connection +@scripting +@pubsub +@transaction +info +time`,
    `user blind on >right ${own} +@read +@write +@connection +@scripting`,
    `user stranger on >right ~other:* &* +@all`,
  ],
});
const secure = await startRedisProcess({
  isSecure: true,
  lines: [
    `tls-ca-cert-file ${ca}`,
    `tls-cert-file ${server.cert}`,
    `tls-key-file ${server.key}`,
    'tls-auth-clients yes',
  ],
  tls: {
    ca: await readFile(ca),
    cert: await readFile(client.cert),
    key: await readFile(client.key),
  },
});
const rewriteVersion = (answer: Buffer) =>
  Buffer.from(
    answer.toString('latin1').replace(/redis_version:\d\.(\d)/, 'redis_version:6.0'),
    'latin1',
  );
// There is no old server to be had: this one tells an older version.
const old = await startTcpProxy(plain.port, rewriteVersion);
afterAll(async () => {
  await old.stop();
  await Promise.all([plain.remove(), secure.remove()]);
});

async function start(url: string): Promise<void> {
  const redis = connectRedis(url, 'producer');
  try {
    await whenRedisReady(redis, 20_000);
    await requireRedis(redis, { url, tag: '{pawl:0}' });
  } finally {
    redis.disconnect();
  }
}

const at = `127.0.0.1:${plain.port}`;
const tls = `rediss://127.0.0.1:${secure.port}`;
const withCertificate = `cert=${client.cert}&key=${client.key}`;

test.each([
  ['Redis 6.0', `redis://127.0.0.1:${old.port}`, 'install 6.2 or later'],
  ['a database that does not exist', `redis://${at}/2`, 'Redis has no database 2'],
  ['a wrong password', `redis://reader:wrong@${at}`, 'does not accept the user or the password'],
  ['a user without writes', `redis://reader:right@${at}`, '+zadd'],
  ['a user without INFO', `redis://blind:right@${at}`, 'lacks rights'],
  ['a user of other keys', `redis://stranger:right@${at}`, 'lacks rights'],
  ['a certificate that nobody vouches for', `${tls}?${withCertificate}`, 'is not trusted'],
])('%s is refused within seconds', async (_what, url, sentence) => {
  const begun = performance.now();
  await expect(start(url)).rejects.toThrow(sentence);
  expect(performance.now() - begun).toBeLessThan(5_000);
});

// On a busy machine the end of the connection outruns the alert each time, which is then said at the end of the wait.
test('who brings no certificate of its own is told that one may be wanted', async () => {
  await expect(start(`${tls}?ca=${ca}`)).rejects.toThrow(/certificate of this client/);
});

test.each([
  ['a database that exists', `redis://${at}/1`],
  ['a unix socket', `unix://${plain.directory}/pawl.sock?db=1`],
  ['TLS with a certificate of the client', `${tls}?ca=${ca}&${withCertificate}`],
])('%s works', async (_what, url) => {
  await expect(start(url)).resolves.toBeUndefined();
});
