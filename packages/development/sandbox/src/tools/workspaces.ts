import type { JsonObject } from '@bufbuild/protobuf';
import type { Account } from '../accounts/account.ts';
import type { CatalogueTool } from '../connectors/catalogue.ts';
import { createBoundedMap } from '../server/bounded.ts';
import { type AccountData, seedData } from './account-data.ts';
import { genericResult } from './generic-tool.ts';
import { githubTools } from './github-tools.ts';
import { gmailTools } from './gmail-tools.ts';
import { slackTools } from './slack-tools.ts';
import type { ToolArguments, ToolTable } from './tool-call.ts';

export interface Workspaces {
  /** Runs one tool on one account's data. Throws `ToolFailure` where the provider would refuse. */
  run(account: Account, tool: CatalogueTool, input: ToolArguments, now: number): JsonObject;
  /** Every account starts again with the seed data. */
  reset(): void;
}

const mostAccounts = 5_000;
const tools: ToolTable = { ...gmailTools, ...githubTools, ...slackTools };

/** The data that tools work on: one set an account, made when it is first used. */
export function createWorkspaces(): Workspaces {
  const opened = createBoundedMap<AccountData>(mostAccounts);
  return {
    run({ connection: { keyId, connector }, identifier }, tool, input, now) {
      const run = tools[tool.name];
      if (run === undefined) return genericResult(tool, input);
      const key = `${keyId}\n${identifier}`;
      const data = opened.get(key) ?? seedData(connector, identifier, now);
      opened.set(key, data);
      data.now = now;
      return structuredClone(run(input, data));
    },
    reset: () => opened.clear(),
  };
}
