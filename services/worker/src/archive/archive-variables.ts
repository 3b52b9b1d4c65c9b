import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { BucketArchiveSettings } from './bucket-archive.ts';
import type { BucketKeys } from './bucket-keys.ts';
import type { FileArchiveSettings } from './file-archive.ts';

/** `file:///var/lib/pawl/archive`, or `s3://bucket/prefix`. */
const archiveUrl = z
  .string()
  .refine((text) => placeOf(text) !== undefined, {
    message: 'must be file:///directory or s3://bucket/prefix, without credentials',
  })
  .optional();

/** Where ended jobs are written before they are erased, in an environment schema. */
export const archiveVariables = {
  ARCHIVE_URL: archiveUrl,
  ARCHIVE_FILE_BYTES: z.coerce.number().int().min(1_000_000).default(268_435_456),
  ARCHIVE_S3_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Where the bucket is, such as https://s3.example.com. Default: that of Amazon.'),
  ARCHIVE_S3_REGION: z.string().default('us-east-1'),
  ARCHIVE_S3_ACCESS_KEY_ID: z.string().optional(),
  ARCHIVE_S3_SECRET_ACCESS_KEY: z.string().optional(),
  ARCHIVE_S3_SESSION_TOKEN: z.string().optional(),
} as const;

type ArchiveEnvironment = z.output<z.ZodObject<typeof archiveVariables>>;

export type ArchiveSettings =
  | (FileArchiveSettings & { readonly kind: 'file' })
  | (BucketArchiveSettings & {
      readonly kind: 'bucket';
      /** Undefined: those that Amazon's own programs would find. */
      readonly keys: BucketKeys | undefined;
    });

/** Half of a pair of keys is a mistake. Without any, Amazon's standard places are looked at. */
export function requireArchiveKeys(
  environment: Partial<ArchiveEnvironment>,
  context: z.RefinementCtx,
): void {
  if (environment.ARCHIVE_URL?.startsWith('s3:') !== true) return;
  const pair = ['ARCHIVE_S3_ACCESS_KEY_ID', 'ARCHIVE_S3_SECRET_ACCESS_KEY'] as const;
  if (pair.every((variable) => environment[variable] === undefined)) return;
  for (const variable of pair) {
    if (environment[variable] !== undefined) continue;
    context.addIssue({
      code: 'custom',
      path: [variable],
      message: 'must be set where the other key is',
    });
  }
}

/** What the variables say; undefined: nothing is archived. */
export function archiveSettings(environment: ArchiveEnvironment): ArchiveSettings | undefined {
  const { ARCHIVE_URL: url } = environment;
  const place = url === undefined ? undefined : placeOf(url);
  if (place === undefined) return undefined;
  if (place.kind === 'file') return { ...place, fileBytes: environment.ARCHIVE_FILE_BYTES };
  const region = environment.ARCHIVE_S3_REGION;
  const endpoint = environment.ARCHIVE_S3_ENDPOINT ?? `https://s3.${region}.amazonaws.com`;
  return {
    ...place,
    endpoint: endpoint.replace(/\/+$/, ''),
    region,
    keys: keysOf(environment),
  };
}

function keysOf({
  ARCHIVE_S3_ACCESS_KEY_ID: accessKeyId,
  ARCHIVE_S3_SECRET_ACCESS_KEY: secretAccessKey,
  ARCHIVE_S3_SESSION_TOKEN: sessionToken,
}: ArchiveEnvironment): BucketKeys | undefined {
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken };
}

type Place =
  | { readonly kind: 'file'; readonly directory: string }
  | { readonly kind: 'bucket'; readonly bucket: string; readonly prefix: string };

function placeOf(text: string): Place | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isPlain = url.username === '' && url.password === '' && url.search + url.hash === '';
  if (!isPlain) return undefined;
  if (url.protocol === 'file:' && url.host === '' && url.pathname.length > 1) {
    return { kind: 'file', directory: fileURLToPath(url) };
  }
  if (url.protocol !== 's3:' || !/^[a-z0-9][a-z0-9.-]{1,62}$/.test(url.hostname)) return undefined;
  if (url.port !== '') return undefined;
  const path = url.pathname.replace(/^\/+|\/+$/g, '');
  if (!/^[\w./-]*$/.test(path)) return undefined;
  return { kind: 'bucket', bucket: url.hostname, prefix: path === '' ? '' : `${path}/` };
}
