import type { JsonObject } from '@bufbuild/protobuf';
import { createAccountStore } from './accounts/account-store.ts';
import { buildConnections, type ConnectionOption } from './accounts/account.ts';
import { createArgumentValidator, loadCatalogue } from './connectors/catalogue.ts';
import { createControl, type SandboxControl } from './control/control.ts';
import { createHooks, type HookedCalls } from './control/hooks.ts';
import { createRecords } from './control/records.ts';
import { createFaultList, createHolds } from './faults/fault.ts';
import { createAccessTokens } from './http/access-tokens.ts';
import { createHttpApplication } from './http/http-application.ts';
import { createEndpoint, type EndpointSettingsInput } from './model/endpoint-rules.ts';
import { createModelScripts, type ModelScript } from './model/model-scripts.ts';
import { createRpcListener } from './rpc/rpc-listener.ts';
import type { SandboxParts } from './sandbox-parts.ts';
import { listenOnOnePort } from './server/one-port.ts';
import { createWorkspaces } from './tools/workspaces.ts';

export interface SandboxOptions {
  /** 127.0.0.1 by default. */
  readonly host?: string;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** How browsers reach it, for links; the address it listens on by default. */
  readonly publicUrl?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly modelApiKey?: string;
  /** Connections besides `gmail`, `github` and `slack`. */
  readonly connections?: readonly ConnectionOption[];
  readonly modelScript?: readonly ModelScript[];
  /** How strict the model endpoint is: see the README. */
  readonly endpoint?: EndpointSettingsInput;
  /** Accounts are ACTIVE when they are created, for tests that are not about authorization. */
  readonly autoActive?: boolean;
  /** Tools, accounts and connections a page where the client names no size: 25. */
  readonly defaultPageSize?: number;
  /** How long access tokens are valid: 3600. */
  readonly tokenLifetimeSeconds?: number;
  /** How long authorization links and approvals stay valid: 600. */
  readonly linkLifetimeSeconds?: number;
  /** Where `VerifyConnectedAccountUser` sends the browser; none by default. */
  readonly postUserVerifyRedirectUrl?: string;
  /** Tools' `input_schema`, by tool name, in place of the catalogue's. */
  readonly toolSchemas?: Record<string, JsonObject>;
  /** What tools' `metadata` says, by tool name; nothing by default. */
  readonly toolMetadata?: Record<string, JsonObject>;
  /** Whether answers carry `usage.cost`: sometimes, that is on even turns, by default. */
  readonly usageCost?: 'always' | 'never' | 'sometimes';
  /** How many effects and requests are kept: 20,000 of each. */
  readonly recordLimit?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** A running sandbox. */
export interface Sandbox {
  /** Scalekit's environment URL. */
  readonly origin: string;
  /** The model endpoint's base URL. */
  readonly modelBaseUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly modelApiKey: string;
  readonly control: SandboxControl;
  /** Ends all connections, also calls that hang, and frees the port. */
  close(): Promise<void>;
}

/**
 * Starts stand-ins for Scalekit and for an OpenAI-compatible model endpoint on one origin. Throws
 * what `listen` throws (EADDRINUSE), and an Error for a connection that is malformed.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const now = options.now ?? Date.now;
  const credentials = {
    clientId: options.clientId ?? 'skc_sandbox',
    clientSecret: options.clientSecret ?? 'sandbox-client-secret',
  };
  const modelApiKey = options.modelApiKey ?? 'sk-sandbox';
  const catalogue = loadCatalogue();
  let origin = '';
  const parts: SandboxParts = {
    accounts: createAccountStore({
      connections: buildConnections(options.connections ?? [], catalogue.connectors),
      autoActive: options.autoActive ?? false,
      linkLifetimeSeconds: options.linkLifetimeSeconds ?? 600,
      now,
    }),
    tokens: createAccessTokens(options.tokenLifetimeSeconds ?? 3600, now),
    credentials,
    apiKey: modelApiKey,
    faults: createFaultList(),
    holds: createHolds(),
    hooks: createHooks<HookedCalls>(),
    records: createRecords(options.recordLimit ?? 20_000),
    scripts: createModelScripts(),
    endpoint: createEndpoint(options.endpoint ?? {}),
    usageCost: options.usageCost ?? 'sometimes',
    catalogue,
    validateArguments: createArgumentValidator(),
    workspaces: createWorkspaces(),
    toolSchemas: options.toolSchemas ?? {},
    toolMetadata: options.toolMetadata ?? {},
    defaultPageSize: options.defaultPageSize ?? 25,
    postUserVerifyRedirectUrl: options.postUserVerifyRedirectUrl ?? '',
    origin: () => options.publicUrl?.replace(/\/$/, '') ?? origin,
    now,
  };
  parts.scripts.add(options.modelScript ?? []);
  const control = createControl(parts);
  const port = await listenOnOnePort(
    { http1: createHttpApplication(parts, control), http2: createRpcListener(parts) },
    { host: options.host ?? '127.0.0.1', port: options.port ?? 0 },
  );
  origin = port.origin;

  return {
    origin,
    modelBaseUrl: `${origin}/v1`,
    ...credentials,
    modelApiKey,
    control,
    async close() {
      parts.holds.close();
      await port.close();
    },
  };
}
