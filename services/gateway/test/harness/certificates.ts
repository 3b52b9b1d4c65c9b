import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';

const run = promisify(execFile);

export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** An authority that nobody knows, and what it signs, as files in PEM; deleted after the file's last test. */
export async function makeCertificates(): Promise<{
  ca: string;
  server: KeyPair;
  client: KeyPair;
}> {
  const directory = await mkdtemp(join(tmpdir(), 'pawl-certificates-'));
  afterAll(() => rm(directory, { recursive: true, force: true }));
  const pairOf = (name: string) => ({
    cert: join(directory, `${name}.pem`),
    key: join(directory, `${name}.key`),
  });
  const openssl = (...words: string[]) => run('openssl', words, { cwd: directory });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const authority = pairOf('ca');
  const out = ({ cert, key }: KeyPair) => ['-keyout', key, '-out', cert];
  await openssl('req', '-x509', ...newKey, ...out(authority), '-days', '2', '-subj', '/CN=ca');
  await writeFile(join(directory, 'names'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  async function sign(name: string): Promise<KeyPair> {
    const pair = pairOf(name);
    const request = join(directory, `${name}.csr`);
    await openssl('req', ...newKey, '-keyout', pair.key, '-out', request, '-subj', `/CN=${name}`);
    const by = ['-CA', authority.cert, '-CAkey', authority.key, '-CAcreateserial'];
    await openssl(
      'x509',
      '-req',
      '-in',
      request,
      ...by,
      '-out',
      pair.cert,
      '-days',
      '2',
      '-extfile',
      'names',
    );
    return pair;
  }
  return { ca: authority.cert, server: await sign('server'), client: await sign('client') };
}
