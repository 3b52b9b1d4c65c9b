import { createHash } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import { type Archive, ArchiveAwayError, type ArchiveEntry } from './archive.ts';
import type { BucketKeySource } from './bucket-keys.ts';

export interface BucketArchiveSettings {
  /** Such as `https://s3.eu-central-1.amazonaws.com`, without a slash at its end. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** What each object's name begins with: empty, or with a slash at its end. */
  readonly prefix: string;
  /** For one object, in milliseconds. Default: 15 s. */
  readonly timeout?: number;
}

/** Objects that are written at a time. */
const atOnce = 16;

/** Of an answer that is no success so many characters are told. */
const toldCharacters = 300;

/**
 * One object for each job in a bucket that speaks the protocol of S3. Its name follows from the job, such as
 * `jobs/2026/11/27/job_0_….9.json`, so that whatever is written again is the same object with the same content.
 */
export function createBucketArchive(
  { endpoint, region, bucket, prefix, timeout = 15_000 }: BucketArchiveSettings,
  keysNow: BucketKeySource,
): Archive {
  async function connect(): Promise<AwsClient> {
    const { accessKeyId, secretAccessKey, sessionToken } = await keysNow();
    return new AwsClient({
      accessKeyId,
      secretAccessKey,
      ...(sessionToken !== undefined && { sessionToken }),
      region,
      service: 's3',
      // What fails is tried again by the next run: a request that hangs must not be one of many.
      retries: 0,
    });
  }

  async function put(client: AwsClient, entry: ArchiveEntry): Promise<void> {
    const name = `${prefix}${objectName(entry)}`;
    const url = `${endpoint}/${[bucket, ...name.split('/')].map(encodeURIComponent).join('/')}`;
    const body = `${entry.line}\n`;
    const request = await client.sign(url, {
      method: 'PUT',
      headers: {
        'Content-Type': 'application/x-ndjson',
        'X-Amz-Content-Sha256': createHash('sha256').update(body).digest('hex'),
      },
      body,
    });
    const response = await fetch(request, {
      redirect: 'manual',
      signal: AbortSignal.timeout(timeout),
    });
    const answer = await response.text();
    if (response.status === 200) return;
    throw new Error(`it answers ${response.status} ${answer.slice(0, toldCharacters)}`.trim());
  }

  return {
    async write(_shard, entries) {
      const left = [...entries];
      try {
        const client = await connect();
        const work = async () => {
          for (let entry = left.shift(); entry !== undefined; entry = left.shift()) {
            await put(client, entry);
          }
        };
        await Promise.all(Array.from({ length: Math.min(atOnce, left.length) }, work));
      } catch (error) {
        left.length = 0;
        throw new ArchiveAwayError(`The archive takes nothing: ${reasonOf(error)}`, {
          cause: error,
        });
      }
    },
    close: async () => undefined,
  };
}

function objectName({ id, sequence, endedAt }: ArchiveEntry): string {
  const day = new Date(endedAt).toISOString().slice(0, 10).replaceAll('-', '/');
  return `jobs/${day}/${id}.${sequence}.json`;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return error.cause instanceof Error ? error.cause.message : error.message;
}
