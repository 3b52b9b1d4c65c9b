import { timingSafeEqual } from 'node:crypto';
import { allScopes, ApiKeyScope, RequestsPerMinute } from '@pawl/contracts';
import type { RedisConnection } from '@pawl/runtime';
import { customAlphabet } from 'nanoid';
import { z } from 'zod';
import { digest, type Keys } from './keys.ts';
import { formatStored, parseStored } from './record-format.ts';
import { loadScript, runScript } from './script.ts';

const takeRequest = loadScript('take-request');

const StoredKey = z.object({
  tenant: z.string(),
  name: z.string(),
  digest: z.string(),
  createdAt: z.int(),
  /** Absent in keys from before there were scopes: all of them. */
  scopes: z.array(ApiKeyScope).optional(),
  expiresAt: z.int().optional(),
  requestsPerMinute: RequestsPerMinute.optional(),
});

/** What a new key is for. Times are milliseconds since 1970. */
export interface NewApiKey {
  readonly tenant: string;
  readonly name: string;
  /** Default: all. */
  readonly scopes?: readonly ApiKeyScope[] | undefined;
  /** Default: never. */
  readonly expiresAt?: number | undefined;
  /** Default: any number. */
  readonly requestsPerMinute?: number | undefined;
}

export interface ApiKey extends NewApiKey {
  readonly id: string;
  readonly scopes: readonly ApiKeyScope[];
  readonly createdAt: number;
}

const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const newKeyId = customAlphabet(letters, 10);
/** 190 random bits: a fast hash is enough for a secret that can't be guessed. */
const randomToken = customAlphabet(letters, 32);

/** API keys stand in shard 0 as hashes. A key is `pawl_<id>_<secret>`, shown once. */
export function createApiKeys(redis: RedisConnection, keys: Keys) {
  return {
    async createApiKey({
      scopes = allScopes,
      ...owner
    }: NewApiKey): Promise<ApiKey & { readonly key: string }> {
      const id = newKeyId();
      const key = `pawl_${id}_${randomToken()}`;
      const record = {
        ...owner,
        scopes: [...scopes],
        digest: digest(key),
        createdAt: Date.now(),
      };
      await redis
        .multi()
        .hset(keys.apiKeys(), id, formatStored(StoredKey, record, 'an API key'))
        .set(keys.apiKeyRequired(), '1')
        .exec();
      return { ...shown(id, record), key };
    },

    /** Oldest first; without a tenant, those of all. */
    async listApiKeys(tenant?: string): Promise<ApiKey[]> {
      const stored = Object.entries(await redis.hgetall(keys.apiKeys()));
      return stored
        .map(([id, text]) => shown(id, parseStored(StoredKey, text, 'an API key')))
        .filter((key) => tenant === undefined || key.tenant === tenant)
        .toSorted((one, other) => one.createdAt - other.createdAt);
    },

    /** False: there is no such key, or it is not the tenant's that is named. */
    async revokeApiKey(id: string, tenant?: string): Promise<boolean> {
      if (tenant !== undefined) {
        const text = await redis.hget(keys.apiKeys(), id);
        // A key stays with its tenant, so this is still true when it is removed.
        if (text === null || parseStored(StoredKey, text, 'an API key').tenant !== tenant) {
          return false;
        }
      }
      // For a key that was made before this was remembered.
      if (await redis.hexists(keys.apiKeys(), id)) await redis.set(keys.apiKeyRequired(), '1');
      return (await redis.hdel(keys.apiKeys(), id)) === 1;
    },

    /**
     * Whose key it is and what it may do, an expired one too; undefined for anything that is not a key. Takes the same
     * time for a near miss.
     */
    async verifyApiKey(key: string): Promise<ApiKey | undefined> {
      const id = /^pawl_([0-9A-Za-z]{10})_[0-9A-Za-z]{32}$/.exec(key)?.[1];
      if (id === undefined) return undefined;
      const text = await redis.hget(keys.apiKeys(), id);
      if (text === null) return undefined;
      const stored = parseStored(StoredKey, text, 'an API key');
      const matches = timingSafeEqual(Buffer.from(stored.digest), Buffer.from(digest(key)));
      return matches ? shown(id, stored) : undefined;
    },

    /** The key of this id, an expired one too; undefined once it was revoked. */
    async readApiKey(id: string): Promise<ApiKey | undefined> {
      const text = await redis.hget(keys.apiKeys(), id);
      return text === null ? undefined : shown(id, parseStored(StoredKey, text, 'an API key'));
    },

    /** Milliseconds until the key may make another request; 0: it may, and has made it. */
    async takeRequest({ id, requestsPerMinute }: ApiKey): Promise<number> {
      if (requestsPerMinute === undefined) return 0;
      const key = keys.apiKeyRequests(id);
      return Number(await runScript(redis, takeRequest, [key], [requestsPerMinute]));
    },

    /** True once there has been a key: revoking the last one must not let everybody in. */
    async requiresApiKey(): Promise<boolean> {
      return (await redis.exists(keys.apiKeyRequired(), keys.apiKeys())) > 0;
    },

    /** True while there is a key that has not been revoked. */
    async hasApiKeys(): Promise<boolean> {
      return (await redis.hlen(keys.apiKeys())) > 0;
    },
  };
}

/** Without what must stay secret. */
function shown(id: string, stored: z.infer<typeof StoredKey>): ApiKey {
  const { tenant, name, createdAt, scopes = allScopes, expiresAt, requestsPerMinute } = stored;
  return { id, tenant, name, createdAt, scopes, expiresAt, requestsPerMinute };
}
