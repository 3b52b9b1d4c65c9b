import type { JsonObject } from '@bufbuild/protobuf';
import type { AccountStore } from './accounts/account-store.ts';
import type { ArgumentValidator, Catalogue } from './connectors/catalogue.ts';
import type { SandboxHooks } from './control/hooks.ts';
import type { Records } from './control/records.ts';
import type { FaultList, Holds } from './faults/fault.ts';
import type { AccessTokens, ClientCredentials } from './http/access-tokens.ts';
import type { Endpoint } from './model/endpoint-rules.ts';
import type { ModelScripts } from './model/model-scripts.ts';
import type { Workspaces } from './tools/workspaces.ts';

/** What the routes and services of one sandbox have in common. */
export interface SandboxParts {
  readonly accounts: AccountStore;
  readonly tokens: AccessTokens;
  readonly credentials: ClientCredentials;
  /** The model endpoint's. */
  readonly apiKey: string;
  readonly faults: FaultList;
  readonly holds: Holds;
  readonly hooks: SandboxHooks;
  readonly records: Records;
  readonly scripts: ModelScripts;
  readonly endpoint: Endpoint;
  readonly usageCost: 'always' | 'never' | 'sometimes';
  readonly catalogue: Catalogue;
  readonly validateArguments: ArgumentValidator;
  readonly workspaces: Workspaces;
  /** Tools' `input_schema`, by tool name, in place of the catalogue's. */
  readonly toolSchemas: Readonly<Record<string, JsonObject>>;
  /** What a tool's `metadata` says, by tool name; nothing by default. */
  readonly toolMetadata: Readonly<Record<string, JsonObject>>;
  readonly defaultPageSize: number;
  /** What `VerifyConnectedAccountUser` answers; empty: the application shows its own page. */
  readonly postUserVerifyRedirectUrl: string;
  /** Where the consent page is served. */
  readonly origin: () => string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}
