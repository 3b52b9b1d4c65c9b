import { describeRecord } from './describe-record.ts';
import { type Fields, fieldText, isFields, type KnownCall, recordsOf } from './knowledge.ts';
import type { GoalOutcome } from './plan.ts';
import { shorten } from './words.ts';

const MOST_LISTED = 25;

const VERBS_AT_THE_END = new Set(
  'add check create delete dismiss dispatch get list lock merge ping remove rename replace request set star submit transfer unlock unstar update'.split(
    ' ',
  ),
);

export type AnswerStyle = { summarize: boolean; count: boolean };

/** `list pull requests` for `github_pull_requests_list`: the verb first, whatever its place. */
function toolPhrase(name: string): string {
  const words = name.split('_').slice(1);
  const verb = words.at(-1) ?? '';
  if (!VERBS_AT_THE_END.has(verb) || words.length === 1) return words.join(' ') || name;
  return [verb, ...words.slice(0, -1)].join(' ');
}

const KINDS: Record<string, [string, string]> = {
  messages: ['message', 'messages'],
  issues: ['issue', 'issues'],
  pull_requests: ['pull request', 'pull requests'],
  repositories: ['repository', 'repositories'],
  channels: ['channel', 'channels'],
  members: ['person', 'people'],
  threads: ['thread', 'threads'],
  drafts: ['draft', 'drafts'],
  labels: ['label', 'labels'],
  commits: ['commit', 'commits'],
  comments: ['comment', 'comments'],
  matches: ['matching message', 'matching messages'],
  files: ['file', 'files'],
  connections: ['contact', 'contacts'],
};

function kindOf(listName: string, call: KnownCall): [string, string] {
  if (listName === 'messages' && call.tool.startsWith('gmail')) {
    const query = call.arguments['query'];
    const unread = typeof query === 'string' && query.includes('is:unread') ? 'unread ' : '';
    return [`${unread}e-mail`, `${unread}e-mails`];
  }
  if (listName === 'items' && call.tool.includes('issues')) {
    const query = call.arguments['q'];
    return typeof query === 'string' && query.includes('is:pr')
      ? ['pull request', 'pull requests']
      : ['issue', 'issues'];
  }
  if (listName === 'items' && call.tool.includes('repos')) return ['repository', 'repositories'];
  return KINDS[listName] ?? ['result', 'results'];
}

function totalOf(result: unknown, listed: number): number {
  if (!isFields(result)) return listed;
  const inner = isFields(result['messages']) ? result['messages'] : result;
  const total = inner['resultSizeEstimate'] ?? inner['total_count'] ?? inner['total'];
  return typeof total === 'number' ? Math.max(total, listed) : listed;
}

function placeOf(call: KnownCall): string {
  const { owner, repo, channel } = call.arguments;
  if (typeof owner === 'string' && typeof repo === 'string') return ` in ${owner}/${repo}`;
  return typeof channel === 'string' ? ` in #${channel.replace(/^[#@]/, '')}` : '';
}

function describeList(call: KnownCall, style: AnswerStyle): string | undefined {
  const list = recordsOf(call.result);
  if (list === undefined) return undefined;
  const { records } = list;
  const [one, many] = kindOf(list.name, call);
  const place = placeOf(call);
  if (records.length === 0) return `There are no ${many}${place} that match.`;
  const total = totalOf(call.result, records.length);
  const shown = records.slice(0, MOST_LISTED);
  const counted = `${records.length} ${records.length === 1 ? one : many}${place}`;
  const of = total > records.length ? ` (of ${total})` : '';
  const head = style.count
    ? `There ${total === 1 ? 'is' : 'are'} ${total} ${total === 1 ? one : many}${place}:`
    : `Here ${records.length === 1 ? 'is' : 'are'} ${counted}${of}:`;
  const lines = shown.map(
    (record, index) => `${index + 1}. ${describeRecord(record, style.summarize)}`,
  );
  const rest =
    records.length > shown.length ? [`… and ${records.length - shown.length} more.`] : [];
  return [head, '', ...lines, ...rest].join('\n');
}

function recipient(call: KnownCall): string {
  const { to, channel } = call.arguments;
  if (typeof to === 'string') return ` to ${to}`;
  if (typeof channel === 'string') {
    return channel.startsWith('@') ? ` to ${channel}` : ` in #${channel.replace(/^#/, '')}`;
  }
  return placeOf(call);
}

function describeWrite(call: KnownCall): string {
  const said = ['subject', 'title', 'body', 'text', 'name', 'topic']
    .map((key) => call.arguments[key])
    .filter((value): value is string => typeof value === 'string' && value !== '');
  const number = call.arguments['issue_number'] ?? call.arguments['pull_number'];
  const made = isFields(call.result) ? fieldText(call.result, 'number') : undefined;
  const label = number ?? made;
  const numbered = typeof label === 'number' || typeof label === 'string' ? ` #${label}` : '';
  const quote = said.length > 0 ? `: “${shorten(said.join(' – '), 200)}”` : '.';
  return `Done: ${toolPhrase(call.tool)}${numbered}${recipient(call)}${quote}`;
}

function describeSingle(call: KnownCall): string {
  if (!isFields(call.result)) return shorten(String(call.result), 1_000);
  const inner = Object.values(call.result).find(isFields);
  const record: Fields =
    Object.keys(call.result).length <= 3 && inner !== undefined && !('subject' in call.result)
      ? inner
      : call.result;
  const text = fieldText(record, 'body', 'content');
  const head = describeRecord(record, false);
  return text === undefined || head.includes(text) ? head : `${head}\n\n${shorten(text, 1_500)}`;
}

/** What one call returned, in words; a failure is reported as one. */
export function describeCall(call: KnownCall, writes: boolean, style: AnswerStyle): string {
  if (call.error !== undefined) {
    return `I could not ${toolPhrase(call.tool)}: the tool answered with an error (${shorten(call.error, 300)}).`;
  }
  if (writes) return describeWrite(call);
  return describeList(call, style) ?? describeSingle(call);
}

/** Names of parameters as a person would ask for them. */
function askFor(missing: readonly string[]): string {
  const words = missing.map((name) => name.replace(/_ids?$/, '').replaceAll('_', ' '));
  const unique = [
    ...new Set(
      words.map((word) => (word === 'owner' || word === 'repo' ? 'repository (owner/name)' : word)),
    ),
  ];
  return unique.join(', ');
}

/** The final answer: what was done and found for each goal, what failed, and what is lacking. */
export function writeAnswer(outcomes: readonly GoalOutcome[], style: AnswerStyle): string {
  return outcomes
    .map((outcome) => {
      const { goal } = outcome;
      switch (outcome.state) {
        case 'done':
          return describeCall(outcome.call, goal.tool.writes, style);
        case 'stuck':
          return `To ${toolPhrase(goal.tool.name)} I still need: ${askFor(outcome.missing)}. Which one do you mean?`;
        default:
          return `I did not get to this: “${shorten(goal.wish.text, 120)}”.`;
      }
    })
    .join('\n\n');
}
