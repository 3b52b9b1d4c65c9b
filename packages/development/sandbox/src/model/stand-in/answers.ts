import {
  type Fields,
  fieldText,
  isFields,
  type KnownCall,
  listIn,
  recordsOf,
} from './known-calls.ts';
import { phrase } from './phrases.ts';
import type { GoalState } from './plan.ts';
import type { ToolProfile } from './rank-tools.ts';
import { contentWords, listOf, mentions, placeIn, shorten, singular } from './words.ts';

const mostListed = 25;
const titleFields = listOf('titleFields');
const detailFields = listOf('detailFields');

/** A field's value in words: of a list, the names of what is in it. */
function valueText(record: Fields, field: string): string | undefined {
  const value = record[field];
  if (!Array.isArray(value)) return fieldText(record, field);
  const names = value.map((each) =>
    isFields(each) ? fieldText(each, 'name', 'login', 'filename') : each,
  );
  return names.length > 0 ? names.join(', ') : undefined;
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
  const details = detailFields.flatMap((field) => {
    const value = valueText(record, field);
    return !value || value === title ? [] : `${field.replaceAll('_', ' ')}: ${shorten(value, 80)}`;
  });
  const gist = text('snippet', 'body');
  const number = 'number' in record ? `#${text('number')} ` : '';
  return [
    `${number}**${shorten(title, 120)}**`,
    who && ` from ${who}`,
    details.length > 0 && ` (${details.join('; ')})`,
    gist && gist !== title && `: ${shorten(gist, 140)}`,
  ]
    .filter(Boolean)
    .join('');
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
  if (name === 'messages' && tool.startsWith('gmail')) {
    return String(query).includes('is:unread') ? 'unread e-mails' : 'e-mails';
  }
  return name === 'items' ? 'results' : name.replaceAll('_', ' ');
}

function describeRead(call: KnownCall): string {
  const { result } = call;
  if (!isFields(result)) return shorten(String(result), 1_000);
  const list = listIn(result);
  if (list === undefined) {
    const inner =
      Object.keys(result).length <= 3 ? Object.values(result).find(isFields) : undefined;
    const record = inner ?? result;
    const text = shorten(fieldText(record, 'body', 'content') ?? '', 1_500);
    return `${describeRecord(record)}\n\n${text}`.trim();
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
  const { arguments: input, result } = call;
  const made = isFields(result) ? result : {};
  const number = fieldText({ ...made, ...input }, 'issue_number', 'pull_number', 'number');
  const said = listOf('saidFields').flatMap((field) => fieldText(input, field) ?? []);
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
    .filter((name) => name !== 'repo')
    .map((name) => (name === 'owner' ? 'repository (owner/name)' : name.replaceAll('_', ' ')));
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
    const [place, words] = [placeIn(prompt), contentWords(prompt)];
    const matching = recordsOf(listed).filter((record, index) => {
      const text = JSON.stringify(record).toLowerCase();
      return place === undefined ? words.some((word) => text.includes(word)) : index === place;
    });
    return `Of what was listed before, ${matching.length} match:\n\n${numbered(matching)}`;
  }
  if (phrase('thanks').test(prompt)) return 'You are welcome.';
  if (phrase('greeting').test(prompt)) {
    return `Hello! I am the sandbox's stand-in model, not a real one. I have ${tools.length} tools.`;
  }
  return `No tool is needed or fits here, so I called none. I am the sandbox's stand-in model: a real model would answer “${shorten(prompt, 160)}” from its own knowledge.`;
}
