import type { Fields } from './knowledge.ts';
import { channelIn, countIn } from './phrases.ts';
import { gmailQuery } from './search-text.ts';
import type { ToolProfile } from './tool-profile.ts';

/** A call that finds out what another call lacks. */
export type Lookup = { tool: string; arguments: Fields };

function mailLookup(clause: string): Lookup {
  const query = gmailQuery(clause.replace(/\b(saying|that says|telling)\b.*$/is, ''));
  return {
    tool: 'gmail_fetch_mails',
    arguments: { max_results: countIn(clause) ?? 5, ...(query === '' ? {} : { query }) },
  };
}

function historyLookup(clause: string): Lookup | undefined {
  const channel = channelIn(clause);
  if (channel === undefined) return undefined;
  return { tool: 'slack_fetch_conversation_history', arguments: { channel, limit: 10 } };
}

const LOOKUPS: Record<string, (clause: string, filled: Fields) => Lookup | undefined> = {
  thread_id: mailLookup,
  message_id: mailLookup,
  message_ids: mailLookup,
  draft_id: () => ({ tool: 'gmail_list_drafts', arguments: {} }),
  owner: () => ({ tool: 'github_user_repos_list', arguments: {} }),
  repo: () => ({ tool: 'github_user_repos_list', arguments: {} }),
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
