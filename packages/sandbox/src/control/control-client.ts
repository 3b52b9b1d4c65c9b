import type { AccountStatus } from '../accounts/account.ts';
import type { FaultInput, FaultMatch } from '../faults/fault.ts';
import type { ListedFault } from '../faults/fault-list.ts';
import type { HeldCall } from '../faults/holds.ts';
import type { EndpointSettingsInput } from '../model/endpoint-rules.ts';
import type { ModelScript } from '../model/model-scripts.ts';
import type { AccountName, ListedAccount, Recorded, RecordedEffects } from './control.ts';
import type { ModelRequest, ToolRequest } from './records.ts';

/** The control of a sandbox in another process: all but hooks and scripted functions. */
export interface SandboxControlClient {
  effects(): Promise<RecordedEffects>;
  toolRequests(): Promise<Recorded<ToolRequest>>;
  modelRequests(): Promise<Recorded<ModelRequest>>;
  accounts(): Promise<ListedAccount[]>;
  setAccountStatus(account: AccountName, status: AccountStatus): Promise<ListedAccount>;
  expireAccount(account: AccountName): Promise<ListedAccount>;
  approve(link: string): Promise<string | undefined>;
  expireTokens(): Promise<void>;
  addFault(fault: FaultInput): Promise<string>;
  faults(): Promise<ListedFault[]>;
  clearFaults(id?: string): Promise<void>;
  held(): Promise<HeldCall[]>;
  release(match?: FaultMatch): Promise<number>;
  scriptModel(scripts: readonly Exclude<ModelScript, { reply: unknown }>[]): Promise<void>;
  clearModelScripts(): Promise<void>;
  setEndpoint(settings: EndpointSettingsInput): Promise<void>;
  resetData(): Promise<void>;
  clearRecords(): Promise<void>;
  reset(): Promise<void>;
}

/** Talks to `/sandbox/…` of a sandbox's origin. Calls throw an Error with the sandbox's reason. */
export function connectSandboxControl(origin: string): SandboxControlClient {
  // The answers are the in-process control's own, so their types are taken over as they are.
  const call = async <Answer>(method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(new URL(`/sandbox/${path}`, origin), {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const answer = (await response.json()) as Answer & { error?: string };
    if (!response.ok) throw new Error(`sandbox control, ${method} ${path}: ${answer.error}`);
    return answer;
  };
  const items = async <Item>(path: string) => (await call<{ items: Item[] }>('GET', path)).items;
  const act = async (method: string, path: string, body?: unknown) => {
    await call(method, path, body);
  };

  return {
    effects: () => call('GET', 'effects'),
    toolRequests: () => call('GET', 'tool-requests'),
    modelRequests: () => call('GET', 'model-requests'),
    accounts: () => items('accounts'),
    setAccountStatus: (account, status) => call('POST', 'accounts/status', { ...account, status }),
    expireAccount: (account) => call('POST', 'accounts/expire', account),
    async approve(link) {
      const answer = await call<{ redirect_to: string | null }>('POST', 'approve', { link });
      return answer.redirect_to ?? undefined;
    },
    expireTokens: () => act('POST', 'tokens/expire'),
    addFault: async (fault) => (await call<{ id: string }>('POST', 'faults', fault)).id,
    faults: () => items('faults'),
    clearFaults: (id) => act('DELETE', id === undefined ? 'faults' : `faults/${id}`),
    held: () => items('held'),
    release: async (match) =>
      (await call<{ released: number }>('POST', 'release', match ?? {})).released,
    scriptModel: (scripts) => act('POST', 'model-scripts', scripts),
    clearModelScripts: () => act('DELETE', 'model-scripts'),
    setEndpoint: (settings) => act('PUT', 'endpoint', settings),
    resetData: () => act('POST', 'data/reset'),
    clearRecords: () => act('DELETE', 'records'),
    reset: () => act('POST', 'reset'),
  };
}
