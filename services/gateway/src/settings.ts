/** What the routes read of the configuration. */
export interface GatewaySettings {
  readonly defaults: JobDefaults;
  /** Without API keys, requests from this machine are the default tenant's. */
  readonly allowsKeyless: boolean;
  /** Long polls that may wait at a time; further ones are answered at once. */
  readonly waiters: number;
}

/** What stands in for what a job's request leaves out. */
export interface JobDefaults {
  readonly user?: string | undefined;
  readonly connections: readonly string[];
  readonly model?: string | undefined;
  readonly instructions: string;
}

/** The tenant of everything that is done without an API key. */
export const defaultTenant = 'default';

export const defaultWaiters = 1_000;

/** The seed's system prompt. */
export const defaultInstructions =
  'You are a helpful assistant. Use tools when they help. Do not invent tool results.';
