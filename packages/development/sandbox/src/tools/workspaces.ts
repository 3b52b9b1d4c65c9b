import type { JsonObject } from '@bufbuild/protobuf';
import type { Account } from '../accounts/account.ts';
import type { CatalogueTool } from '../connectors/catalogue.ts';
import { createChat } from '../seed/chat.ts';
import { createForge } from '../seed/forge.ts';
import { createMailbox } from '../seed/mailbox.ts';
import { createBoundedMap } from '../server/bounded.ts';
import { genericResult } from './generic-tool.ts';
import { githubTools } from './github-tools.ts';
import { gmailTools } from './gmail-tools.ts';
import { slackTools } from './slack-tools.ts';
import type { ToolArguments, ToolTable } from './tool-call.ts';

const mostWorkspaces = 5_000;

/** Runs one tool on one account's data. */
type Workspace = (tool: CatalogueTool, input: ToolArguments, now: number) => JsonObject;

export interface Workspaces {
  /** Throws `ToolFailure` where the provider would refuse. */
  run(account: Account, tool: CatalogueTool, input: ToolArguments, now: number): JsonObject;
  /** Every account starts again with the seed data. */
  reset(): void;
}

function workspace<Data>(data: Data, tools: ToolTable<Data>, identifier: string): Workspace {
  return (tool, input, now) => {
    const run = tools[tool.name];
    if (run === undefined) return genericResult(tool, input);
    return run(input, { data, now, identifier });
  };
}

function openWorkspace(connector: string, identifier: string, now: number): Workspace {
  switch (connector) {
    case 'gmail':
      return workspace(createMailbox(identifier, now), gmailTools, identifier);
    case 'github':
      return workspace(createForge(identifier, now), githubTools, identifier);
    case 'slack':
      return workspace(createChat(identifier, now), slackTools, identifier);
    default:
      return (tool, input) => genericResult(tool, input);
  }
}

/** The data that tools work on: one set an account, made when it is first used. */
export function createWorkspaces(): Workspaces {
  const opened = createBoundedMap<Workspace>(mostWorkspaces);
  return {
    run(account, tool, input, now) {
      const key = `${account.connection.keyId}\n${account.identifier}`;
      const found =
        opened.get(key) ?? openWorkspace(account.connection.connector, account.identifier, now);
      opened.set(key, found);
      return structuredClone(found(tool, input, now));
    },
    reset: () => opened.clear(),
  };
}
