import type { Label, Mail } from '../seed/mailbox.ts';

const TERM = /(-?)(?:([a-z_]+):)?(?:"([^"]*)"|\(([^)]*)\)|(\S+))/giu;
const DAY = 86_400_000;
const UNITS: Record<string, number> = {
  h: DAY / 24,
  d: DAY,
  w: 7 * DAY,
  m: 30 * DAY,
  y: 365 * DAY,
};

export type MailFilter = (mail: Mail) => boolean;

type QueryContext = { now: number; labels: readonly Label[] };

function contains(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase());
}

function age(value: string): number {
  const match = /^(\d+)([hdwmy])$/i.exec(value);
  return Number(match?.[1] ?? 0) * (UNITS[(match?.[2] ?? 'd').toLowerCase()] ?? DAY);
}

function hasLabel(mail: Mail, name: string, labels: readonly Label[]): boolean {
  const wanted = name.toLowerCase();
  return mail.labelIds.some((id) => {
    const label = labels.find((each) => each.id === id);
    return id.toLowerCase() === wanted || label?.name.toLowerCase().replaceAll(' ', '-') === wanted;
  });
}

function isState(mail: Mail, state: string): boolean {
  if (state === 'read') return !mail.labelIds.includes('UNREAD');
  return mail.labelIds.includes(state.toUpperCase());
}

function matchesOperator(
  mail: Mail,
  operator: string,
  value: string,
  context: QueryContext,
): boolean {
  switch (operator) {
    case 'is':
      return isState(mail, value.toLowerCase());
    case 'in':
      return value.toLowerCase() === 'anywhere' || hasLabel(mail, value, context.labels);
    case 'label':
      return hasLabel(mail, value, context.labels);
    case 'from':
    case 'to':
    case 'cc':
    case 'subject':
      return contains(mail[operator], value);
    case 'has':
      return value.toLowerCase() === 'attachment' && mail.attachments.length > 0;
    case 'filename':
      return mail.attachments.some((attachment) => contains(attachment.filename, value));
    case 'newer_than':
      return mail.date >= context.now - age(value);
    case 'older_than':
      return mail.date < context.now - age(value);
    case 'after':
      return mail.date >= Date.parse(value.replaceAll('/', '-'));
    case 'before':
      return mail.date < Date.parse(value.replaceAll('/', '-'));
    default:
      return contains(`${mail.subject}\n${mail.from}\n${mail.body}`, `${operator}:${value}`);
  }
}

/** Gmail's search syntax, as far as prompts use it: all terms must match, `-` negates one. */
export function parseGmailQuery(query: string, context: QueryContext): MailFilter {
  const terms = [...query.matchAll(TERM)].map((match): MailFilter => {
    const [, minus, operator, quoted, grouped, word] = match;
    const value = quoted ?? grouped ?? word ?? '';
    const matches: MailFilter = operator
      ? (mail) => matchesOperator(mail, operator.toLowerCase(), value, context)
      : (mail) => contains(`${mail.subject}\n${mail.from}\n${mail.to}\n${mail.body}`, value);
    return minus === '-' ? (mail) => !matches(mail) : matches;
  });
  return (mail) => terms.every((term) => term(mail));
}
