import {
  type Fields,
  fieldText,
  isFields,
  type KnownCall,
  listIn,
  recordsOf,
} from './known-calls.ts';
import type { GoalState } from './plan.ts';
import type { ToolProfile } from './rank-tools.ts';
import { contentWords, listOf, mentions, placeIn, shorten, singular } from './words.ts';

const mostListed = 25;
const titleFields = listOf('titleFields');
const detailFields = listOf('detailFields');

function namesIn(list: unknown): string | undefined {
  if (!Array.isArray(list) || list.length === 0) return undefined;
  return list
    .map((each) => (isFields(each) ? fieldText(each, 'name', 'login', 'filename') : each))
    .join(', ');
}

/** One record of a result in one line, by the fields that it has. */
function describeRecord(record: Fields): string {
  const text = (...names: string[]) => fieldText(record, ...names);
  if (isFields(record['message'])) return describeRecord(record['message']);
  if ('ts' in record) {
    const channel = 'channel' in record ? ` in #${text('channel')}` : '';
    return `${text('username', 'user')}${channel}: “${shorten(text('text') ?? '', 200)}”`;
  }
  const title = text(...titleFields) ?? JSON.stringify(record);
  const who = text('from', 'user', 'author')?.replace(/\s*<[^>]*>$/, '');
  const fields = detailFields.map((field) => [field.replaceAll('_', ' '), text(field)]);
  const lists = ['labels', 'assignees', 'attachments'].map((field) => [
    field,
    namesIn(record[field]),
  ]);
  const details = [...fields, ...lists].flatMap(([name, value]) =>
    value === undefined || value === title ? [] : [`${name}: ${shorten(value, 80)}`],
  );
  const gist = text('snippet', 'body');
  return [
    'number' in record ? `#${text('number')} ` : '',
    `**${shorten(title, 120)}**`,
    who ? ` from ${who}` : '',
    details.length > 0 ? ` (${details.join('; ')})` : '',
    gist === undefined || gist === title ? '' : `: ${shorten(gist, 140)}`,
  ].join('');
}

function numbered(records: readonly Fields[]): string {
  const lines = records.map((record, index) => `${index + 1}. ${describeRecord(record)}`);
  const rest = lines.length > mostListed ? [`… and ${lines.length - mostListed} more.`] : [];
  return [...lines.slice(0, mostListed), ...rest].join('\n');
}

/** `list pull requests` for `github_pull_requests_list`: the verb first, whatever its place. */
function toolPhrase({ name, verbs }: ToolProfile): string {
  const words = name.split('_').slice(1);
  const last = words.at(-1) ?? '';
  return (verbs.has(last) ? [last, ...words.slice(0, -1)] : words).join(' ') || name;
}

/** Where a call was made: ` in acme/api`, ` in #general`, ` to bob@example.com`. */
function placeOf({ arguments: { to, owner, repo, channel } }: KnownCall): string {
  if (typeof to === 'string') return ` to ${to}`;
  if (typeof owner === 'string' && typeof repo === 'string') return ` in ${owner}/${repo}`;
  if (typeof channel !== 'string') return '';
  return channel.startsWith('@') ? ` to ${channel}` : ` in #${channel.replace(/^#/, '')}`;
}

/** The things of a list in the plural: `unread e-mails`, `pull requests`. */
function kindOf(name: string, { tool, arguments: { query } }: KnownCall): string {
  if (name !== 'messages' || !tool.startsWith('gmail')) {
    return name === 'items' ? 'results' : name.replaceAll('_', ' ');
  }
  return String(query).includes('is:unread') ? 'unread e-mails' : 'e-mails';
}

function describeRead(call: KnownCall): string {
  const { result } = call;
  if (!isFields(result)) return shorten(String(result), 1_000);
  const list = listIn(result);
  if (list === undefined) {
    const inner = Object.values(result).find(isFields);
    const record = Object.keys(result).length <= 3 && inner !== undefined ? inner : result;
    const text = fieldText(record, 'body', 'content') ?? '';
    return `${describeRecord(record)}\n\n${shorten(text, 1_500)}`.trim();
  }
  const { length } = list.records;
  const [kind, place] = [kindOf(list.name, call), placeOf(call)];
  if (length === 0) return `There are no ${kind}${place} that match.`;
  const total = Number(result['resultSizeEstimate'] ?? result['total_count'] ?? length);
  const is = length === 1 ? `is 1 ${singular(kind)}` : `are ${length} ${kind}`;
  const of = total > length ? ` (of ${total})` : '';
  return `There ${is}${place}${of}:\n\n${numbered(list.records)}`;
}

function describeWrite(call: KnownCall, tool: ToolProfile): string {
  const input = call.arguments;
  const said = ['subject', 'title', 'body', 'text', 'name', 'topic'].flatMap(
    (key) => fieldText(input, key) ?? [],
  );
  const made = isFields(call.result) ? call.result['number'] : undefined;
  const number = fieldText(
    { number: input['issue_number'] ?? input['pull_number'] ?? made },
    'number',
  );
  const quote = said.length > 0 ? `: “${shorten(said.join(' – '), 200)}”` : '.';
  return `Done: ${toolPhrase(tool)}${number ? ` #${number}` : ''}${placeOf(call)}${quote}`;
}

/** What one call returned, in words; a failure is reported as one. */
export function describeCall(call: KnownCall, tool: ToolProfile): string {
  if (call.error !== undefined) {
    return `I could not ${toolPhrase(tool)}: the tool answered with an error (${shorten(call.error, 300)}).`;
  }
  return tool.writes ? describeWrite(call, tool) : describeRead(call);
}

/** What was done and found for a goal, what failed, or what is lacking. */
export function describeGoal(state: GoalState): string {
  const { tool, text } = state.goal;
  if (state.name === 'done') return describeCall(state.call, tool);
  if (state.name !== 'lacks') return `I did not get to this: “${shorten(text, 120)}”.`;
  const lacking = state.missing
    .map((name) => (name === 'owner' ? 'repository (owner/name)' : name.replaceAll('_', ' ')))
    .filter((name) => name !== 'repo');
  return `To ${toolPhrase(tool)} I still need: ${lacking.join(', ')}. Which one do you mean?`;
}

/** The answer to a prompt that no tool fits. It claims nothing that the stand-in does not know. */
export function answerWithoutTools(
  prompt: string,
  tools: readonly ToolProfile[],
  earlier: readonly KnownCall[],
): string {
  // "Which of them have attachments?", "show me the first one"
  const listed = earlier.findLast((call) => listIn(call.result) !== undefined);
  if (listed !== undefined && mentions(prompt, 'them those these one')) {
    const [records, place, words] = [recordsOf(listed), placeIn(prompt), contentWords(prompt)];
    const matching = records.filter((record, index) => {
      const text = JSON.stringify(record).toLowerCase();
      return place === undefined ? words.some((word) => text.includes(word)) : index === place;
    });
    return `Of what was listed before, ${matching.length} match:\n\n${numbered(matching)}`;
  }
  if (/^\W*(?:thanks|thank you|great|perfect|ok(?:ay)?)\b.{0,40}$/is.test(prompt))
    return 'You are welcome.';
  if (/^\W*(?:hi|hello|hey)\b.{0,30}$|\b(?:what can you do|help me|who are you)\b/is.test(prompt)) {
    return `Hello! I am the sandbox's stand-in model, not a real one. I have ${tools.length} tools.`;
  }
  return `No tool is needed or fits here, so I called none. I am the sandbox's stand-in model: a real model would answer “${shorten(prompt, 160)}” from its own knowledge.`;
}
