import type { ModelScript } from '../model/model-scripts.ts';
import type { SandboxControl } from './control.ts';

/** The control of a sandbox in another process: all but hooks and scripted functions. */
export type SandboxControlClient = {
  readonly [Name in Exclude<keyof SandboxControl, 'on' | 'scriptModel'>]: (
    ...values: Parameters<SandboxControl[Name]>
  ) => Promise<Awaited<ReturnType<SandboxControl[Name]>>>;
} & {
  readonly scriptModel: (
    scripts: readonly Exclude<ModelScript, { reply: unknown }>[],
  ) => Promise<void>;
};

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
    sendEvent: async (account, event) =>
      (await call<{ status: number }>('POST', 'accounts/events', { ...account, ...event })).status,
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
