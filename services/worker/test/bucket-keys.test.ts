import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestBucket } from '@pawl/testing';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createBucketArchive } from '../src/archive/bucket-archive.ts';
import { standardBucketKeys } from '../src/archive/bucket-keys.ts';

const bucket = await startTestBucket();
const directory = await mkdtemp(join(tmpdir(), 'pawl-bucket-keys-'));
const hour = 3_600_000;

/** Lends keys, as the agent of a container does, and as Amazon's token service does for a token. */
const asked: string[] = [];
const lender = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk: Buffer) => (text += chunk.toString()));
  request.on('end', () => {
    const expiration = new Date(Date.now() + hour).toISOString();
    const { accessKeyId, secretAccessKey } = bucket;
    if (request.method === 'GET') {
      asked.push(`container ${request.headers.authorization}`);
      const keys = { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: 'lent' };
      response.end(JSON.stringify({ ...keys, Expiration: expiration }));
      return;
    }
    const form = new URLSearchParams(text);
    asked.push(`${form.get('Action')} ${form.get('RoleArn')} ${form.get('WebIdentityToken')}`);
    response.setHeader('Content-Type', 'text/xml').end(
      `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
        <AssumeRoleWithWebIdentityResult><Credentials>
          <AccessKeyId>${accessKeyId}</AccessKeyId>
          <SecretAccessKey>${secretAccessKey}</SecretAccessKey>
          <SessionToken>lent</SessionToken><Expiration>${expiration}</Expiration>
        </Credentials></AssumeRoleWithWebIdentityResult>
      </AssumeRoleWithWebIdentityResponse>`,
    );
  });
});
lender.listen(0, '127.0.0.1');
await once(lender, 'listening');
const lenderUrl = `http://127.0.0.1:${(lender.address() as AddressInfo).port}`;

afterAll(async () => {
  lender.close();
  lender.closeAllConnections();
  await bucket.close();
  await rm(directory, { recursive: true });
});

beforeEach(() => {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
  }
  // Not those of whoever runs the test, and no request to a machine's own address for them.
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(directory, 'none'));
  vi.stubEnv('AWS_CONFIG_FILE', join(directory, 'none'));
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_REGION', bucket.region);
  asked.length = 0;
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** Writes two lines; the names of what is stored then. */
async function writeTwice(id: string): Promise<string[]> {
  const archive = createBucketArchive(
    { ...bucket, bucket: 'kept', prefix: '' },
    standardBucketKeys(),
  );
  const line = (sequence: number) => [{ id, sequence, endedAt: 0, line: '{}' }];
  await archive.write(0, line(1));
  await archive.write(0, line(2));
  return bucket.puts.filter((name) => name.includes(id));
}

test('a bucket is written to with the keys of Amazon’s own variables', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', bucket.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', bucket.secretAccessKey);
  expect(await writeTwice('job_0_variables')).toHaveLength(2);
});

test('a bucket is written to with the keys that a container is lent, which are asked for once', async () => {
  vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `${lenderUrl}/keys`);
  vi.stubEnv('AWS_CONTAINER_AUTHORIZATION_TOKEN', 'of-this-container');
  expect(await writeTwice('job_0_container')).toHaveLength(2);
  expect(asked).toEqual(['container of-this-container']);
});

test('a bucket is written to with the role of a service account of Kubernetes', async () => {
  await writeFile(join(directory, 'token'), 'of-this-pod');
  vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', join(directory, 'token'));
  vi.stubEnv('AWS_ROLE_ARN', 'arn:aws:iam::123456789012:role/archive');
  vi.stubEnv('AWS_ENDPOINT_URL_STS', lenderUrl);
  expect(await writeTwice('job_0_role')).toHaveLength(2);
  expect(asked).toEqual([
    'AssumeRoleWithWebIdentity arn:aws:iam::123456789012:role/archive of-this-pod',
  ]);
});

test('where there are no keys, nothing is taken, and it is said why', async () => {
  const archive = createBucketArchive(
    { ...bucket, bucket: 'kept', prefix: '' },
    standardBucketKeys(),
  );
  const entries = [{ id: 'job_0_none', sequence: 1, endedAt: 0, line: '{}' }];
  await expect(archive.write(0, entries)).rejects.toThrow(/archive takes nothing: .*credentials/);
});
