import { type SandboxControlClient } from '@pawl/sandbox';
import { type Browser } from 'playwright-core';
/** All of Pawl on this machine, empty, and a browser to look at it. */
export interface OpenConsole {
  readonly url: string;
  readonly browser: Browser;
  readonly sandbox: SandboxControlClient;
  /** Sends JSON to the API, and answers its JSON. */
  readonly send: <Answer>(path: string, body?: object) => Promise<Answer>;
  readonly close: () => Promise<void>;
}
/** @throws Error where there is no Chromium. */
export declare function openConsole(): Promise<OpenConsole>;
