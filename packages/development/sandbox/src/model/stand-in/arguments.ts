import { type Fields, fieldText, findRecord, type KnownCall, recordsOf } from './known-calls.ts';
import {
  bodyIn,
  channelIn,
  countIn,
  emailsIn,
  inPhrase,
  itemNumberIn,
  labelsIn,
  quotedIn,
  repositoriesIn,
  stateIn,
  titleIn,
} from './phrases.ts';
import type { ToolProfile } from './rank-tools.ts';
import { searchQuery } from './search-text.ts';
import { asSentence, mentions, shorten, vocabulary, wordsOf } from './words.ts';

/** What arguments are taken from. */
export interface Situation {
  readonly clause: string;
  readonly prompt: string;
  readonly tool: ToolProfile;
  readonly calls: readonly KnownCall[];
  /** What this prompt's calls returned, in words, for prompts that pass it on. */
  readonly summary: string | undefined;
  /** Whether the call only finds out which records the clause means. */
  readonly looksUp?: boolean;
}

type ArgumentSource = (situation: Situation) => unknown;

const meansAll = (clause: string) => mentions(clause, 'them all those these every each both');

/** The record of a kind that the clause means, with the call that returned it. */
function recordOf(kind: string, { clause, calls }: Situation) {
  const fields = vocabulary.records[kind]?.has.split(' ') ?? [];
  return findRecord(clause, calls, (record) => fields.every((field) => field in record));
}

/** What names the record of a kind; "it" is what the last call was about, if that call named it. */
function nameOfRecord(kind: string, parameter: string, situation: Situation): unknown {
  const again =
    mentions(situation.clause, 'it this') && situation.calls.at(-1)?.arguments[parameter];
  const record = recordOf(kind, situation)?.record;
  const fields = vocabulary.records[kind]?.take.split(' ') ?? [];
  return again || fields.map((field) => record?.[field]).find((value) => value !== undefined);
}

/** What was found, where the clause passes it on instead of saying something itself. */
function passedOn({ clause, summary }: Situation): string | undefined {
  const words = 'summary overview recap digest result results findings them it list forward';
  return bodyIn(clause) === undefined && mentions(clause, words) ? summary : undefined;
}

function body(situation: Situation): string | undefined {
  const { clause, tool } = situation;
  const given = bodyIn(clause) ?? passedOn(situation);
  const isOnlyGiven = tool.verbs.has('update') || mentions(clause, 'forward');
  if (given !== undefined || isOnlyGiven) return given;
  const thanks = /\bthank/i.test(clause) ? 'Thank you.' : undefined;
  if (tool.verbs.has('reply')) return thanks ?? 'Thank you for your message.';
  const about = inPhrase('reminder', clause) ?? titleIn(clause);
  return about === undefined ? thanks : asSentence(about);
}

function subject(situation: Situation): string | undefined {
  const { clause, tool } = situation;
  const changes = tool.verbs.has('reply') || tool.verbs.has('update');
  if (changes && !mentions(clause, 'subject title')) return undefined;
  const passed = passedOn(situation) === undefined ? undefined : 'Summary';
  const found = titleIn(clause) ?? passed ?? body(situation)?.split('\n')[0];
  return found && shorten(found, 120).replace(/\.$/, '');
}

/** The addresses that the clause names, the sender who is answered, or a contact that was found. */
function recipients(situation: Situation): string | undefined {
  const { clause, calls, tool } = situation;
  const named = emailsIn(clause).join(', ');
  if (named !== '') return named;
  if (tool.verbs.has('reply')) {
    const mail = recordOf('mail', situation)?.record;
    return mail && fieldText(mail, 'from')?.replace(/^.*<(.+)>$/, '$1');
  }
  const name = inPhrase('person', clause)?.toLowerCase();
  const contact = calls
    .flatMap(recordsOf)
    .find((each) => name && each['email'] && fieldText(each, 'name')?.toLowerCase().includes(name));
  return contact && fieldText(contact, 'email');
}

function mailIds({ clause, calls }: Situation): unknown[] | undefined {
  const latest = calls.findLast((call) => recordsOf(call).some((record) => 'subject' in record));
  const ids = latest && recordsOf(latest).map((record) => record['id']);
  return meansAll(clause) ? ids : ids?.slice(0, 1);
}

/** `[owner, repo]` as named, as listed, of the issue that is meant, or as spoken of last. */
function repository(situation: Situation): string[] | undefined {
  const { clause, prompt, calls } = situation;
  const [named] = [...repositoriesIn(clause), ...repositoriesIn(prompt)];
  if (named !== undefined) return [named.owner, named.repo];
  const listed = calls.flatMap(recordsOf).map((record) => fieldText(record, 'full_name') ?? '');
  const used = calls.flatMap(({ arguments: { owner, repo } }) =>
    typeof owner === 'string' && typeof repo === 'string' ? [`${owner}/${repo}`] : [],
  );
  const bare = [...listed, ...used].find((name) => mentions(clause, name.split('/')[1] ?? ' '));
  const issue = recordOf('issue', situation)?.record;
  return (bare ?? (issue && fieldText(issue, 'repository')) ?? used.at(-1))?.split('/');
}

/** The channel that is named, the person as `@name`, or where the message stands that is meant. */
function channel(situation: Situation): unknown {
  const { clause, prompt, tool } = situation;
  const person = tool.verbs.has('send') ? inPhrase('person', clause) : undefined;
  const named = channelIn(clause) ?? (person && `@${person.toLowerCase()}`) ?? channelIn(prompt);
  if (named !== undefined) return named;
  const message = recordOf('message', situation);
  return message?.record['channel'] ?? message?.call.arguments['channel'];
}

/** The labels that "mark as read", "star" and the like add or remove, and those that are named. */
function mailLabels(clause: string, change: 'add' | 'remove'): string[] {
  const marked = inPhrase('marked', clause);
  const labels = vocabulary.mailLabels;
  const word = wordsOf(marked ?? clause).find((each) => each in labels);
  const known = word === undefined ? undefined : labels[word];
  if (known === undefined) return change === 'add' ? labelsIn(clause) : [];
  return [known[change] ?? []].flat();
}

/** An emoji's name: `:eyes:`, "thumbs up" or the emoji itself. */
function emojiIn(clause: string): string {
  const known = Object.entries(vocabulary.emoji).find(([, names]) => mentions(clause, names));
  return inPhrase('emoji', clause) ?? known?.[0] ?? 'thumbsup';
}

function count({ clause, looksUp }: Situation): number | undefined {
  return countIn(clause) ?? (looksUp && meansAll(clause) ? 50 : undefined);
}

function state({ clause, tool }: Situation): string | undefined {
  if (!tool.writes) return stateIn(clause);
  return mentions(clause, 'reopen') ? 'open' : mentions(clause, 'close') ? 'closed' : undefined;
}

/** For what nobody foresaw: a quoted text, else a name or what stands after "to". */
const value: ArgumentSource = ({ clause }) => quotedIn(clause)[0] ?? inPhrase('properName', clause);

/** By the names that `parameters` of the vocabulary gives them; the others are kinds of records. */
const sources: Readonly<Record<string, ArgumentSource>> = {
  count,
  state,
  subject,
  body,
  recipients,
  channel,
  value,
  mails: mailIds,
  query: ({ clause, tool, looksUp }) => searchQuery(clause, tool, looksUp),
  owner: (situation) => repository(situation)?.[0],
  repo: (situation) => repository(situation)?.[1],
  labels: ({ clause, tool }) =>
    tool.properties['labels']?.type === 'array' ? labelsIn(clause) : labelsIn(clause).join(','),
  assignees: ({ clause }) => [inPhrase('assignee', clause)].filter(Boolean),
  address: ({ clause }) => emailsIn(clause)[0],
  named: ({ clause }) => inPhrase('person', clause),
  name: ({ clause, tool }) =>
    tool.nouns.has('reaction') ? emojiIn(clause) : (channelIn(clause) ?? titleIn(clause)),
  addedLabels: ({ clause }) => mailLabels(clause, 'add'),
  removedLabels: ({ clause }) => mailLabels(clause, 'remove'),
  on: ({ clause }) => !mentions(clause, 'off disable stop'),
  said: ({ clause }) => bodyIn(clause),
  time: ({ clause }) => inPhrase('time', clause),
  path: ({ clause }) => inPhrase('path', clause),
};

function argumentFor(parameter: string, situation: Situation): unknown {
  const { clause, tool } = situation;
  const source = vocabulary.parameters[parameter];
  const number = source === 'issue' ? itemNumberIn(clause) : undefined;
  if (number !== undefined) return number;
  if (source !== undefined) {
    return sources[source]?.(situation) ?? nameOfRecord(source, parameter, situation);
  }
  // An optional argument is not guessed, and no id is made up.
  const isId = /(?:^|_)(?:ids?|ts|timestamp|sha|number)$/.test(parameter);
  if (!tool.required.includes(parameter) || isId) return undefined;
  if (!/integer|number/.test(String(tool.properties[parameter]?.type))) return value(situation);
  return Number(/-?\d+(?:\.\d+)?/.exec(clause)?.[0]);
}

function fitsType(value: unknown, type: unknown): boolean {
  if (value === '' || value === undefined) return false;
  if (type === 'array') return Array.isArray(value) && value.length > 0;
  if (type === 'integer' || type === 'number') return Number.isFinite(value);
  return type === undefined || typeof value === type;
}

/** Optional arguments that a call which only reads takes from a clause. */
const readingOptions = 'count query state labels'.split(' ');

interface FilledArguments {
  readonly arguments: Fields;
  /** Required ones that nothing was found for. */
  readonly missing: readonly string[];
}

export function fillArguments(situation: Situation): FilledArguments {
  const { tool } = situation;
  const filled: Record<string, unknown> = {};
  for (const [name, { type }] of Object.entries(tool.properties)) {
    const isOption = tool.writes
      ? name !== 'thread_id'
      : readingOptions.includes(vocabulary.parameters[name] ?? '');
    if (!isOption && !tool.required.includes(name)) continue;
    const found = argumentFor(name, situation);
    if (fitsType(found, type)) filled[name] = found;
  }
  return { arguments: filled, missing: tool.required.filter((name) => !(name in filled)) };
}

/** The call that would find the first missing argument for which there is one among the tools. */
export function lookupFor(
  missing: readonly string[],
  situation: Situation,
  tools: readonly ToolProfile[],
): { readonly tool: string; readonly arguments: Fields } | undefined {
  for (const { tool: name, when } of missing.flatMap((each) => vocabulary.lookups[each] ?? [])) {
    const tool = tools.find((each) => each.name === name);
    if (tool === undefined || (when !== undefined && !mentions(situation.clause, when))) continue;
    const { arguments: filled, missing: unknown } = fillArguments({
      ...situation,
      tool,
      looksUp: true,
    });
    if (unknown.length === 0) return { tool: name, arguments: filled };
  }
  return undefined;
}
