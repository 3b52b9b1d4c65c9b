import { type AccountEvent, sendAccountEvent } from '../accounts/account-event.ts';
import type { AccountStatus } from '../accounts/account.ts';
import type { FaultInput, FaultMatch, HeldCall, ListedFault } from '../faults/fault.ts';
import type { EndpointSettingsInput } from '../model/endpoint-rules.ts';
import type { ModelScript } from '../model/model-scripts.ts';
import type { SandboxParts } from '../sandbox-parts.ts';
import type { HookListener, HookPoint, HookedCalls } from './hooks.ts';
import type { Effect, ModelRequest, ToolRequest } from './records.ts';

/** The newest entries, oldest first, and how many there were in all. */
export interface Recorded<Entry> {
  readonly items: Entry[];
  readonly total: number;
}

export type RecordedEffects = Recorded<Effect> & {
  /** How often each effect was performed; above 1 a call was repeated. */
  counts: Record<string, number>;
};

export interface ListedAccount {
  readonly id: string;
  readonly identifier: string;
  readonly connection: string;
  readonly status: AccountStatus;
  readonly updatedAt: string;
}

/** Who an account belongs to: `connection` is a connection's name such as `gmail`. */
export interface AccountName {
  readonly identifier: string;
  readonly connection: string;
}

/** The sandbox's own switches and records, in the process that runs it. */
export interface SandboxControl {
  effects(): RecordedEffects;
  toolRequests(): Recorded<ToolRequest>;
  modelRequests(): Recorded<ModelRequest>;

  accounts(): ListedAccount[];
  /** Creates the account where it is missing. Throws for an unknown connection. */
  setAccountStatus(account: AccountName, status: AccountStatus): ListedAccount;
  /** Ends the account's authorization and its open links, as when a grant is revoked. */
  expireAccount(account: AccountName): ListedAccount;
  /** Sends a signed event about the account, as Scalekit does; answers the receiver's status. */
  sendEvent(account: AccountName, event: AccountEvent): Promise<number>;
  /**
   * Follows an authorization link as a person who approves would, up to the redirect: returns the
   * URL that the browser goes to, or undefined where the account is active at once. Throws where
   * the link is unknown, used or expired.
   */
  approve(link: string): string | undefined;
  expireTokens(): void;

  /** Returns the fault's id. Throws a ZodError where the fault is malformed. */
  addFault(fault: FaultInput): string;
  faults(): ListedFault[];
  clearFaults(id?: string): void;
  held(): HeldCall[];
  /** Lets calls go on that a `hang` holds; returns how many. */
  release(match?: FaultMatch): number;

  /** Scripts are tried in the order they were added, before the stand-in is asked. */
  scriptModel(scripts: readonly ModelScript[]): void;
  clearModelScripts(): void;
  /** Sets how strict the model endpoint is; what is not named is as by default. Throws a ZodError. */
  setEndpoint(settings: EndpointSettingsInput): void;

  /** Steps in at a moment of every call; returns a function that ends it. In process only. */
  on<Point extends HookPoint>(point: Point, listener: HookListener<HookedCalls[Point]>): () => void;

  /** Gives all accounts the seed data again; accounts, faults and records stay. */
  resetData(): void;
  /** Forgets effects and requests. */
  clearRecords(): void;
  /** As freshly started: accounts, data, faults, scripts, hooks and records. */
  reset(): void;
}

export function createControl(parts: SandboxParts): SandboxControl {
  const { accounts, faults, holds, hooks, records, scripts, tokens, workspaces } = parts;

  const find = ({ identifier, connection }: AccountName) => {
    const known = accounts.connection(connection);
    if (!known) throw new Error(`the sandbox has no connection ${connection}`);
    return accounts.find(connection, identifier) ?? accounts.create(known, identifier);
  };
  const list = (): ListedAccount[] =>
    accounts.list().map((account) => ({
      id: account.id,
      identifier: account.identifier,
      connection: account.connection.keyId,
      status: account.status,
      updatedAt: new Date(account.updatedAt).toISOString(),
    }));
  const setStatus = (name: AccountName, status: AccountStatus): ListedAccount => {
    const account = find(name);
    accounts.setStatus(account, status);
    const updatedAt = new Date(account.updatedAt).toISOString();
    return { id: account.id, ...name, status, updatedAt };
  };

  return {
    effects: () => ({
      items: records.effects.list(),
      total: records.effects.total(),
      counts: records.effectCounts(),
    }),
    toolRequests: () => ({
      items: records.toolRequests.list(),
      total: records.toolRequests.total(),
    }),
    modelRequests: () => ({
      items: records.modelRequests.list(),
      total: records.modelRequests.total(),
    }),
    accounts: list,
    setAccountStatus: setStatus,
    expireAccount(name) {
      accounts.expireLinks(find(name));
      return setStatus(name, 'EXPIRED');
    },
    sendEvent: (name, event) => sendAccountEvent(find(name), event),
    approve(link) {
      const token = new URL(link).pathname.split('/').at(-1) ?? '';
      const approval = accounts.approve(token);
      if (approval.outcome === 'active') return undefined;
      if (approval.outcome === 'verify') return approval.redirectTo;
      throw new Error(`the sandbox cannot approve this link: it is ${approval.outcome}`);
    },
    expireTokens: () => tokens.expireAll(),
    addFault: (fault) => faults.add(fault),
    faults: () => faults.list(),
    clearFaults: (id) => faults.clear(id),
    held: () => holds.list(),
    release: (match) => holds.release(match),
    scriptModel: (added) => scripts.add(added),
    clearModelScripts: () => scripts.clear(),
    setEndpoint: (settings) => parts.endpoint.set(settings),
    on: (point, listener) => hooks.on(point, listener),
    resetData: () => workspaces.reset(),
    clearRecords: () => records.clear(),
    reset() {
      faults.clear();
      holds.release();
      scripts.clear();
      parts.endpoint.reset();
      hooks.clear();
      accounts.clear();
      tokens.expireAll();
      workspaces.reset();
      records.clear();
    },
  };
}
