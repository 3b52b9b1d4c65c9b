import type { Approval } from '@pawl/client';

export type Input = Approval['input'];

/** What a mail says. Each argument is in it: those that no mail has are in `rest`. */
export interface Mail {
  readonly to: string;
  readonly others: readonly (readonly [label: string, value: string])[];
  readonly subject: string;
  readonly body: string;
  readonly rest: Input;
}

/** What an issue says. Each argument is in it: those that no issue has are in `rest`. */
export interface Issue {
  readonly title: string;
  readonly body: string;
  readonly place: string;
  readonly rest: Input;
}

const mailTool = /mail|message|draft/i;
const recipientNames = ['to', 'recipient', 'recipients'];
const mailBodyNames = ['body', 'message_body', 'text', 'content', 'html_body'];
const otherNames: readonly (readonly [name: string, label: string])[] = [
  ['from', 'From'],
  ['cc', 'Cc'],
  ['bcc', 'Bcc'],
  ['reply_to', 'Reply to'],
];

/** Undefined where the arguments are not those of a mail. */
export function mailOf(tool: string, input: Input): Mail | undefined {
  const recipientName = recipientNames.find((name) => listOf(input[name]) !== undefined);
  const bodyName = mailBodyNames.find((name) => typeof input[name] === 'string');
  if (!mailTool.test(tool) || recipientName === undefined || bodyName === undefined) {
    return undefined;
  }
  const others = otherNames.filter(([name]) => listOf(input[name]) !== undefined);
  const names = [recipientName, bodyName, ...others.map(([name]) => name)];
  return {
    to: listOf(input[recipientName]) ?? '',
    others: others.map(([name, label]) => [label, listOf(input[name]) ?? '']),
    subject: textOf(input['subject']),
    body: textOf(input[bodyName]),
    rest: without(input, [...names, ...textNames(input, ['subject'])]),
  };
}

const issueTool = /issue|pull_request|ticket|bug/i;
const issueBodyNames = ['body', 'description'];
const placeNames = ['owner', 'repo', 'repository', 'project'];

/** Undefined where the arguments are not those of an issue. */
export function issueOf(tool: string, input: Input): Issue | undefined {
  const { title } = input;
  if (!issueTool.test(tool) || typeof title !== 'string') return undefined;
  const places = textNames(input, placeNames);
  const [bodyName] = textNames(input, issueBodyNames);
  return {
    title,
    body: bodyName === undefined ? '' : textOf(input[bodyName]),
    place: places.map((name) => textOf(input[name])).join('/'),
    rest: without(input, ['title', ...places, ...(bodyName === undefined ? [] : [bodyName])]),
  };
}

function textNames(input: Input, names: readonly string[]): string[] {
  return names.filter((name) => typeof input[name] === 'string');
}

function listOf(value: unknown): string | undefined {
  if (typeof value === 'string' && value !== '') return value;
  const isList = Array.isArray(value) && value.length > 0;
  return isList && value.every((one) => typeof one === 'string') ? value.join(', ') : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** All arguments but those that are shown by themselves. */
function without(input: Input, shown: readonly string[]): Input {
  return Object.fromEntries(Object.entries(input).filter(([name]) => !shown.includes(name)));
}
