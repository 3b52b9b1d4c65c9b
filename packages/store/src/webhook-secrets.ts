import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { WebhookSecrets } from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import { z } from 'zod';
import type { Keys } from './keys.ts';
import { loadScript, runScript } from './script.ts';
import { formatStored, parseStored } from './record-format.ts';
import { createWriteBatch } from './write-batch.ts';

/** Secrets of tenants are stored encrypted only, and there is no key to do that with. */
export class EncryptionKeyMissingError extends Error {
  override readonly name = 'EncryptionKeyMissingError';
}

/** A stored secret cannot be decrypted: the key is not the one that it was encrypted with. */
export class SecretUnreadableError extends Error {
  override readonly name = 'SecretUnreadableError';
}

const StoredSecrets = z.object({
  revision: z.int(),
  /** The newest first. */
  secrets: z.array(
    z.object({ sealed: z.string(), createdAt: z.int(), validUntil: z.int().optional() }),
  ),
});
type StoredSecrets = z.infer<typeof StoredSecrets>;

export interface RotatedSecret {
  readonly secret: string;
  readonly createdAt: number;
  /** Milliseconds since 1970; absent where there was no secret before. */
  readonly previousValidUntil?: number;
}

export interface WebhookSecretStore extends WebhookSecrets {
  /**
   * Encrypts a secret of something else; it opens for the same `owner` only.
   *
   * @throws EncryptionKeyMissingError
   */
  sealSecret(text: string, owner: string): string;
  /** @throws EncryptionKeyMissingError, SecretUnreadableError */
  openSecret(sealed: string, owner: string): string;
  /**
   * Makes a new secret; the earlier ones sign beside it for `overlap` more milliseconds at most.
   *
   * @throws EncryptionKeyMissingError
   */
  rotate(tenant: string, options: { now: number; overlap: number }): Promise<RotatedSecret>;
}

export interface WebhookSecretSettings {
  readonly redis: RedisConnection;
  readonly keys: Keys;
  /** 32 bytes, see `encryptionKey`. Without it nothing can be rotated. */
  readonly encryptionKey?: Buffer | undefined;
  /** Secrets from the environment, by tenant: they count until the tenant's are rotated. */
  readonly given: Readonly<Record<string, readonly string[]>>;
}

const commitScript = loadScript('commit');

/** Secrets that can sign at a time: whoever rotates more often than this drops the oldest early. */
const kept = 4;

/** The secrets that sign each tenant's webhooks, in shard 0. */
export function createWebhookSecrets({
  redis,
  keys,
  encryptionKey,
  given,
}: WebhookSecretSettings): WebhookSecretStore {
  const givenTo = (tenant: string) => (Object.hasOwn(given, tenant) ? (given[tenant] ?? []) : []);

  async function read(tenant: string): Promise<StoredSecrets | undefined> {
    const text = await redis.hget(keys.webhookSecrets(tenant), 'state');
    return text === null
      ? undefined
      : parseStored(StoredSecrets, text, `the webhook secrets of tenant ${tenant}`);
  }

  function requireKey(): Buffer {
    if (encryptionKey !== undefined) return encryptionKey;
    throw new EncryptionKeyMissingError(
      'Secrets are stored encrypted, and PAWL_ENCRYPTION_KEY is not set. ' +
        'Set it to 32 random bytes, in base64 or hexadecimal, for gateway and workers alike.',
    );
  }

  function unseal(sealed: string, owner: string): string {
    try {
      return open(sealed, requireKey(), owner);
    } catch (error) {
      if (error instanceof EncryptionKeyMissingError) throw error;
      throw new SecretUnreadableError(
        `A secret of ${owner} cannot be decrypted: PAWL_ENCRYPTION_KEY is not the key ` +
          'that it was encrypted with.',
      );
    }
  }

  /** False: somebody else has rotated meanwhile. */
  async function write(tenant: string, before: StoredSecrets | undefined, after: StoredSecrets) {
    const batch = createWriteBatch();
    const key = keys.webhookSecrets(tenant);
    const text = formatStored(StoredSecrets, after, `the webhook secrets of tenant ${tenant}`);
    batch.fence(key, 'revision', before === undefined ? null : String(before.revision));
    batch.write('HSET', key, 'revision', after.revision, 'state', text);
    const { keys: names, values } = batch.build();
    return (await runScript(redis, commitScript, names, values)) === 1;
  }

  return {
    sealSecret: (text, owner) => seal(text, requireKey(), owner),
    openSecret: unseal,

    async secretsOf(tenant, now) {
      const stored = await read(tenant);
      if (stored === undefined) return givenTo(tenant);
      return stored.secrets
        .filter(({ validUntil }) => validUntil === undefined || validUntil > now)
        .map(({ sealed }) => unseal(sealed, tenant));
    },

    async rotate(tenant, { now, overlap }) {
      const key = requireKey();
      for (;;) {
        const before = await read(tenant);
        const earlier: StoredSecrets['secrets'] =
          before?.secrets ??
          givenTo(tenant).map((secret) => ({ sealed: seal(secret, key, tenant), createdAt: now }));
        const limit = now + overlap;
        const previous = earlier
          .map((secret) => ({ ...secret, validUntil: Math.min(secret.validUntil ?? limit, limit) }))
          .filter(({ validUntil }) => validUntil > now)
          .slice(0, kept - 1);
        const secret = `whsec_${randomBytes(32).toString('base64')}`;
        const after = {
          ...before,
          revision: (before?.revision ?? 0) + 1,
          secrets: [{ sealed: seal(secret, key, tenant), createdAt: now }, ...previous],
        };
        if (await write(tenant, before, after)) {
          return {
            secret,
            createdAt: now,
            ...(earlier.length === 0 ? {} : { previousValidUntil: limit }),
          };
        }
      }
    },
  };
}

const cipher = 'aes-256-gcm';
const nonceLength = 12;
const tagLength = 16;
const keyLength = 32;

/** The 32 bytes of an encryption key, from 64 hexadecimal digits or base64; undefined for anything else. */
export function parseEncryptionKey(text: string): Buffer | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return undefined;
  const key = Buffer.from(text, 'base64');
  return key.length === keyLength ? key : undefined;
}

/** Encrypts with AES-256-GCM. It opens only under the same key for the same `owner`. */
export function seal(text: string, key: Buffer, owner: string): string {
  const nonce = randomBytes(nonceLength);
  const encryption = createCipheriv(cipher, key, nonce).setAAD(Buffer.from(owner));
  const sealed = Buffer.concat([encryption.update(text, 'utf8'), encryption.final()]);
  return Buffer.concat([nonce, encryption.getAuthTag(), sealed]).toString('base64');
}

/** Throws where the key or the owner is another one, or the text was tampered with. */
export function open(sealed: string, key: Buffer, owner: string): string {
  const bytes = Buffer.from(sealed, 'base64');
  const nonce = bytes.subarray(0, nonceLength);
  const tag = bytes.subarray(nonceLength, nonceLength + tagLength);
  const decryption = createDecipheriv(cipher, key, nonce, { authTagLength: tagLength })
    .setAAD(Buffer.from(owner))
    .setAuthTag(tag);
  const text = decryption.update(bytes.subarray(nonceLength + tagLength));
  return Buffer.concat([text, decryption.final()]).toString('utf8');
}

/** `PAWL_ENCRYPTION_KEY` in an environment schema: never shown in a problem. */
export const encryptionKey = z
  .string()
  .transform((text, context) => {
    const key = parseEncryptionKey(text);
    if (key !== undefined) return key;
    context.addIssue({ code: 'custom', message: 'it is not 32 bytes in base64 or hexadecimal' });
    return z.NEVER;
  })
  .describe('Make one with: openssl rand -base64 32');
