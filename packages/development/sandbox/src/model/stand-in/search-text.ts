import {
  emailsIn,
  inPhrase,
  labelsIn,
  phrase,
  quotedIn,
  repositoriesIn,
  stateIn,
  withoutSpeech,
} from './phrases.ts';
import type { ToolProfile } from './rank-tools.ts';
import { mentions, searchedWords, vocabulary } from './words.ts';

/** `7d` for "this week" and for "the last 7 days". */
function periodIn(clause: string): string | undefined {
  const [, count, unit] = phrase('since').exec(clause) ?? [];
  if (count && unit) return `${count}${unit.charAt(0).toLowerCase()}`;
  return vocabulary.periods[inPhrase('period', clause)?.toLowerCase() ?? ''];
}

/** What a search looks for: quoted words, else the topic. */
function topicIn(clause: string): string[] {
  const quoted = quotedIn(clause).map((each) => (each.includes(' ') ? `"${each}"` : each));
  return quoted.length > 0 ? quoted : searchedWords(inPhrase('topic', clause) ?? '');
}

/** The topic, else all words that steer nothing. */
function soughtWords(clause: string): string[] {
  const topic = topicIn(clause);
  return topic.length > 0 ? topic : searchedWords(clause.replace(phrase('names'), ' '));
}

/** `from:mara is:unread`: operators with a value, then words. */
function queryOf(
  operators: Readonly<Record<string, string | false | undefined>>,
  words: readonly string[],
): string {
  const given = Object.entries(operators).flatMap(([name, value]) =>
    value ? `${name}:${value}` : [],
  );
  return [...given, ...words].join(' ');
}

/** Such as `is:unread from:mara`. `particular`: about one mail, so that all it says tells which. */
function gmailQuery(text: string, particular: boolean): string {
  // "as unread" is what is wanted, not what is looked for; neither is what a reply says.
  const clause = withoutSpeech(text).replace(phrase('wished'), '');
  const sender = inPhrase('sender', clause)?.toLowerCase();
  const { mailFlags: flags } = vocabulary;
  const [label] = particular ? [] : labelsIn(clause);
  const searches = particular || mentions(clause, 'find search look any there did');
  const sought = searches ? soughtWords(clause) : topicIn(clause);
  const flagged = Object.keys(flags).filter((flag) => mentions(clause, flags[flag] ?? ''));
  const query = queryOf(
    {
      from: sender?.includes(' ') ? `"${sender}"` : sender,
      to: !particular && inPhrase('mailedTo', clause),
      label,
      newer_than: periodIn(clause),
    },
    sought.filter((word) => !sender?.includes(word)),
  );
  return [...flagged, query].filter(Boolean).join(' ');
}

/** Such as `is:pr is:open assignee:@me`. */
function githubQuery(clause: string, forIssues: boolean): string {
  const [repository] = repositoriesIn(clause);
  const state = stateIn(clause) ?? (mentions(clause, 'all') ? 'all' : 'open');
  const language = inPhrase('language', clause)?.toLowerCase();
  const assignee = inPhrase('assignedTo', clause) ?? (mentions(clause, 'my') ? 'me' : undefined);
  const known = `${language} ${repository?.owner} ${repository?.repo}`;
  const kind = phrase('aPullRequest').test(clause) ? 'is:pr' : 'is:issue';
  const query = queryOf(
    {
      assignee: forIssues && assignee?.replace(/^me$/, '@me'),
      author: inPhrase('author', clause)?.replace(/^me$/, '@me'),
      repo: repository && `${repository.owner}/${repository.repo}`,
      language: !forIssues && language,
    },
    [
      ...(forIssues ? labelsIn(clause) : []).map((label) => `label:${label}`),
      ...(assignee ? topicIn(clause) : soughtWords(clause)).filter(
        (word) => !mentions(known, word),
      ),
    ],
  );
  const kinds = forIssues ? [kind, ...(state === 'all' ? [] : [`is:${state}`])] : [];
  return [...kinds, query].filter(Boolean).join(' ');
}

/** A clause as the query of a tool; empty where it narrows nothing. */
export function searchQuery(clause: string, tool: ToolProfile, particular = false): string {
  if (tool.name.includes('people')) return inPhrase('person', clause) ?? '';
  if (tool.connector === 'gmail') return gmailQuery(clause, particular);
  if (tool.connector === 'github') return githubQuery(clause, tool.nouns.has('issue'));
  return emailsIn(clause)[0] ?? soughtWords(clause).join(' ').replaceAll('"', '');
}
