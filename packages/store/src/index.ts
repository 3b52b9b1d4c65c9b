export { createStore, type PawlStore, type StoreSettings } from './create-store.ts';
export type { ApiKey } from './api-keys.ts';
export { createKeys, digest, type Keys } from './keys.ts';
export { InvalidCursorError, type JobFilter, type JobPage } from './list-jobs.ts';
export type { OAuthState } from './oauth-states.ts';
export { StoredDataError } from './parse.ts';
export { ShardCountError } from './shards.ts';
export type { WaitOptions } from './wait-for-change.ts';
