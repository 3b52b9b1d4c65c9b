import type { Fields } from './knowledge.ts';
import { channelIn, countIn, personIn } from './phrases.ts';
import { meansAll } from './references.ts';
import { gmailQuery } from './search-text.ts';
import type { ToolProfile } from './tool-profile.ts';

/** A call that finds out what another call lacks. */
export type Lookup = { tool: string; arguments: Fields };

function mailLookup(clause: string): Lookup {
  const query = gmailQuery(clause.replace(/\b(saying|that says|telling)\b.*$/is, ''), true);
  return {
    tool: 'gmail_fetch_mails',
    arguments: {
      max_results: countIn(clause) ?? (meansAll(clause) ? 50 : 5),
      ...(query === '' ? {} : { query }),
    },
  };
}

function historyLookup(clause: string): Lookup | undefined {
  const channel = channelIn(clause);
  if (channel === undefined) return undefined;
  return { tool: 'slack_fetch_conversation_history', arguments: { channel, limit: 10 } };
}

/** Looking through the repositories helps only where one is mentioned by its bare name. */
function repositoryLookup(clause: string): Lookup | undefined {
  if (
    !/\b[\w-]+\s+(?:repo|repository|project)\b|\brepo\s+\w+|\b(?:in|of|for)\s+[a-z][\w-]*\b/i.test(
      clause,
    )
  ) {
    return undefined;
  }
  return { tool: 'github_user_repos_list', arguments: {} };
}

function personLookup(clause: string): Lookup | undefined {
  const name = personIn(clause);
  return name === undefined
    ? undefined
    : { tool: 'gmail_search_people', arguments: { query: name } };
}

const LOOKUPS: Record<string, (clause: string, filled: Fields) => Lookup | undefined> = {
  thread_id: mailLookup,
  message_id: mailLookup,
  message_ids: mailLookup,
  body: (clause) => (/\bforward\b/i.test(clause) ? mailLookup(clause) : undefined),
  to: personLookup,
  draft_id: () => ({ tool: 'gmail_list_drafts', arguments: {} }),
  owner: repositoryLookup,
  repo: repositoryLookup,
  issue_number: (_clause, { owner, repo }) =>
    owner && repo ? { tool: 'github_issues_list', arguments: { owner, repo } } : undefined,
  pull_number: (_clause, { owner, repo }) =>
    owner && repo ? { tool: 'github_pull_requests_list', arguments: { owner, repo } } : undefined,
  ts: historyLookup,
  timestamp: historyLookup,
  message_ts: historyLookup,
  user: () => ({ tool: 'slack_list_users', arguments: {} }),
};

/** The call that would find the first missing argument for which there is one among the tools. */
export function lookupFor(
  missing: readonly string[],
  clause: string,
  filled: Fields,
  tools: readonly ToolProfile[],
): Lookup | undefined {
  for (const name of missing) {
    const lookup = LOOKUPS[name]?.(clause, filled);
    if (lookup && tools.some((tool) => tool.name === lookup.tool)) return lookup;
  }
  return undefined;
}
