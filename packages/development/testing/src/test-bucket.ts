import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';

const credentials = { accessKeyId: 'TESTACCESSKEY', secretAccessKey: 'test/secret+key' };
const region = 'eu-test-1';

/** What the bucket does with an object, in the place of storing it. */
type BucketFault = 'refuse' | 'hang';

export interface TestBucket {
  /** Such as `http://127.0.0.1:43127`. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The objects by their names, the bucket's name first. */
  readonly objects: ReadonlyMap<string, string>;
  /** The names of all that was stored, in the order of the requests: one that was stored twice is there twice. */
  readonly puts: readonly string[];
  /** Requests that were refused since their signature was wrong, with what was wrong. */
  readonly refused: readonly string[];
  /** From now on each object is treated so; undefined: it is stored. */
  setFault(fault: BucketFault | undefined): void;
  close(): Promise<void>;
}

/**
 * A bucket that speaks the protocol of S3 as far as objects are put: it holds each request's signature (version 4),
 * its time and the digest of its body against what the official signer of Amazon makes of them.
 */
export async function startTestBucket(): Promise<TestBucket> {
  const objects = new Map<string, string>();
  const puts: string[] = [];
  const refused: string[] = [];
  let fault: BucketFault | undefined;
  const server = createServer((request, response) => {
    void (async () => {
      const body = await bodyOf(request);
      const problem = await problemOf(request, body);
      if (problem !== undefined) {
        refused.push(problem);
        response.writeHead(403).end(`<Error><Code>${problem}</Code></Error>`);
        return;
      }
      if (fault === 'hang') return;
      if (fault === 'refuse') {
        response.writeHead(503).end('<Error><Code>SlowDown</Code></Error>');
        return;
      }
      const name = decodeURIComponent(request.url ?? '').slice(1);
      objects.set(name, body.toString());
      puts.push(name);
      response.writeHead(200, { ETag: `"${createHash('md5').update(body).digest('hex')}"` }).end();
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    region,
    ...credentials,
    objects,
    puts,
    refused,
    setFault(next) {
      fault = next;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Amazon takes a request for so long, in milliseconds. */
const longestAge = 15 * 60_000;

/** Why Amazon would refuse the request, by the code that it would answer; undefined: it would not. */
async function problemOf(request: IncomingMessage, body: Buffer): Promise<string | undefined> {
  const { method = '', url = '', headers } = request;
  if (method !== 'PUT') return 'MethodNotAllowed';
  const authorization =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    );
  const [, credential = '', signedHeaders = '', signature = ''] = authorization ?? [];
  const date = String(headers['x-amz-date'] ?? '');
  const expected = `${credentials.accessKeyId}/${date.slice(0, 8)}/${region}/s3/aws4_request`;
  if (credential !== expected) return 'InvalidAccessKeyId';
  const at = Date.parse(
    date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'),
  );
  if (!(Math.abs(Date.now() - at) < longestAge)) return 'RequestTimeTooSkewed';
  const digest = createHash('sha256').update(body).digest('hex');
  if (headers['x-amz-content-sha256'] !== digest) return 'XAmzContentSHA256Mismatch';
  const signed = signedHeaders.split(';');
  for (const needed of ['host', 'x-amz-content-sha256', 'x-amz-date']) {
    if (!signed.includes(needed)) return 'AccessDenied';
  }
  const signer = new SignatureV4({
    credentials,
    region,
    service: 's3',
    sha256: Sha256,
    uriEscapePath: false,
    applyChecksum: false,
  });
  const again = await signer.sign(
    {
      method,
      protocol: 'http:',
      hostname: headers.host ?? '',
      path: url,
      headers: Object.fromEntries(signed.map((name) => [name, String(headers[name] ?? '')])),
      body,
    },
    { signingDate: new Date(at), signableHeaders: new Set(signed) },
  );
  const made = /Signature=([0-9a-f]{64})$/.exec(again.headers['authorization'] ?? '')?.[1];
  return made === signature ? undefined : 'SignatureDoesNotMatch';
}
